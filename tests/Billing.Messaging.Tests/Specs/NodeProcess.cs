using System.Diagnostics;
using System.Globalization;

namespace Billing.Messaging.Tests.Specs;

/// <summary>A node as a process of its own, which can be paused. This assembly is its program; the outside world it calls is the test, over pipes.</summary>
internal sealed class NodeProcess : IDisposable
{
    private const string ConnectionString = "BILLING_NODE_DATABASE";

    private readonly Process process;

    private NodeProcess(Process process) => this.process = process;

    /// <param name="lease">Its own; others who share the database may have another.</param>
    public static NodeProcess Start(string connectionString, TimeSpan lease) => new(Process.Start(new ProcessStartInfo("dotnet")
    {
        ArgumentList = { typeof(NodeProcess).Assembly.Location, lease.TotalSeconds.ToString(CultureInfo.InvariantCulture), $"{Environment.ProcessId}" },
        Environment = { [ConnectionString] = connectionString },
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    })!);

    /// <summary>What it says next: "called" when it waits for an answer, then whatever it logs about it.</summary>
    /// <exception cref="TimeoutException">Nothing for a minute.</exception>
    public async Task<string> SaysAsync() => await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1)) ?? "nothing more";

    public Task AnswerAsync(string answer) => process.StandardInput.WriteLineAsync(answer).ContinueWith(_ => process.StandardInput.FlushAsync(), TaskScheduler.Default).Unwrap();

    public void Pause() => Signal("-STOP");

    public void Continue() => Signal("-CONT");

    public void Dispose()
    {
        process.Kill();
        process.WaitForExit();
        process.Dispose();
    }

    /// <summary>The process: calls are said on its output and answered on its input. It ends with the test's process.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        var options = new MessagingOptions { Lease = TimeSpan.FromSeconds(double.Parse(arguments[0], CultureInfo.InvariantCulture)) };
        await using var node = new Node(Environment.GetEnvironmentVariable(ConnectionString)!, options, async (call, _, _) =>
        {
            // As a call whose answer was on the wire already: it does not look at the token.
            await Console.Out.WriteLineAsync("called");
            return await Console.In.ReadLineAsync(CancellationToken.None) is { } answer
                ? new HandlerResult.Apply(new RecordAnswer(call.Id, answer))
                : throw new InvalidOperationException("The outside world is gone.");
        });
        await node.Pump.StartAsync(default);

        var parent = arguments[1];
        for (var said = 0; Directory.Exists($"/proc/{parent}"); await Task.Delay(20))
        {
            foreach (var line in node.Log.All.Skip(said))
            {
                await Console.Out.WriteLineAsync(line);
                said++;
            }
        }

        return 0;
    }

    private void Signal(string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
