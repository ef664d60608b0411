using System.CommandLine;

namespace Billing.Api.Operations.Cli;

/// <summary>billing health: asks a running service, for container health checks where there is no curl.</summary>
internal static class HealthCommand
{
    public static Command Create()
    {
        var url = new Option<string>("--url")
        {
            DefaultValueFactory = _ => $"{BillingApp.DefaultAddress}/health/ready",
        };
        var command = new Command("health", "Exit code 0 when the service is ready.") { url };
        command.SetAction(async (parsed, ct) =>
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };

            try
            {
                using var answer = await http.GetAsync(new Uri(parsed.GetValue(url)!), ct);
                Console.WriteLine(answer.IsSuccessStatusCode ? "ready" : await answer.Content.ReadAsStringAsync(ct));

                return answer.IsSuccessStatusCode ? 0 : 1;
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException or UriFormatException)
            {
                await Console.Error.WriteLineAsync($"{parsed.GetValue(url)} does not answer: {e.Message}");

                return 1;
            }
        });

        return command;
    }
}
