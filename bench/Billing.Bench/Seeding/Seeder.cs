using System.Diagnostics;
using Billing.Api.Hosting.Streams;
using Billing.Bench.Harness;

namespace Billing.Bench.Seeding;

/// <summary>Writes streams through ordinary sessions, with their snapshots, payments, guards and keys.</summary>
internal static class Seeder
{
    private const int Sessions = 3;
    private const int MostStreams = 200;
    private const int MostEvents = 2_000;
    private const int ProgressEvery = 100_000;
    private static readonly EventSource Source = new("bench");

    /// <param name="what">For the progress, for example "open subscriptions".</param>
    /// <param name="create">Makes the stream of a number from 1 to count.</param>
    public static async Task WriteAsync(
        BillingHost host, BenchRun run, int count, string what, Func<int, NewStream> create)
    {
        var watch = Stopwatch.StartNew();
        var written = 0;
        var perSession = Math.Clamp(MostEvents / create(1).Events.Count, 1, MostStreams);
        run.Say($"writing {count:N0} {what}");
        await Parallel.ForEachAsync(
            Enumerable.Range(1, count).Chunk(perSession),
            new ParallelOptions { MaxDegreeOfParallelism = Sessions },
            async (numbers, ct) =>
            {
                await using var session = host.Store.LightweightSession(BenchSite.Id);

                var streams = numbers.Select(create).ToArray();
                var locked = await host.Streams.LockAsync(session, streams.Select(stream => stream.Id), ct);

                foreach (var stream in streams)
                {
                    locked[stream.Id].Append(stream.Events, Source);
                }

                await host.Streams.AppendAsync(session, locked.Values, ct);
                await session.SaveChangesAsync(ct);
                var now = Interlocked.Add(ref written, numbers.Length);

                if (now / ProgressEvery > (now - numbers.Length) / ProgressEvery)
                {
                    run.Say($"{now:N0} written, {now / watch.Elapsed.TotalSeconds:N0}/s");
                }
            });
        run.Say($"written in {watch.Elapsed.TotalSeconds:N0} s");
    }
}
