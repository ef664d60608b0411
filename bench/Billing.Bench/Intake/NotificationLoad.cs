using System.Diagnostics;

namespace Billing.Bench.Intake;

/// <summary>The gateway's side: connections that post one notification after the other.</summary>
internal sealed class NotificationLoad
{
    public const int Connections = 64;
    private long number;

    /// <summary>Sends the requests again and again for a time.</summary>
    /// <returns>Of each answer the milliseconds that it took, and the seconds of all.</returns>
    public Task<(IReadOnlyList<double> Took, double Seconds)> ForAsync(
        int port, IReadOnlyList<byte[]> requests, TimeSpan time) =>
        SendAsync(port, requests, watch => watch.Elapsed < time, repeats: true);

    /// <summary>Sends each request once.</summary>
    /// <inheritdoc cref="ForAsync" path="/returns"/>
    public Task<(IReadOnlyList<double> Took, double Seconds)> OnceAsync(int port, IReadOnlyList<byte[]> requests) =>
        SendAsync(port, requests, _ => true, repeats: false);

    private async Task<(IReadOnlyList<double> Took, double Seconds)> SendAsync(
        int port, IReadOnlyList<byte[]> requests, Func<Stopwatch, bool> goesOn, bool repeats)
    {
        var watch = Stopwatch.StartNew();
        var took = await Task.WhenAll(Enumerable.Range(0, Connections).Select(first => Task.Run(async () =>
        {
            using var client = await NotifyingClient.ConnectAsync(port);

            for (var i = first; (repeats || i < requests.Count) && goesOn(watch); i += Connections)
            {
                if (!await client.PostAsync(requests[i % requests.Count], Interlocked.Increment(ref number)))
                {
                    throw new InvalidDataException("An answer was not 204.");
                }
            }

            return client.Took;
        })));

        return ([.. took.SelectMany(one => one)], watch.Elapsed.TotalSeconds);
    }
}
