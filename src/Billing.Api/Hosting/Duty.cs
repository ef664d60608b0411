namespace Billing.Api.Hosting;

/// <summary>Repeats work until it is done or the process stops, also when it fails.</summary>
internal static partial class Duty
{
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(1);

    /// <param name="run">Does the work once; returns how long to wait before the next time, null to end.</param>
    public static async Task RunAsync(string name, ILogger log, Func<Task<TimeSpan?>> run, CancellationToken ct)
    {
        // The start of the host does not wait for the first run.
        await Task.Yield();

        while (!ct.IsCancellationRequested)
        {
            try
            {
                if (await RunOnceAsync(name, log, run, ct) is not { } pause)
                {
                    return;
                }

                await Task.Delay(pause, ct);
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private static async Task<TimeSpan?> RunOnceAsync(
        string name, ILogger log, Func<Task<TimeSpan?>> run, CancellationToken ct)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (!ct.IsCancellationRequested && DatabaseErrors.IsTransient(e))
        {
            Unavailable(log, name, e.GetType().Name);
        }
#pragma warning disable CA1031 // Recurring work goes on whatever one run throws.
        catch (Exception e) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
            Failed(log, name, e);
        }

        return AfterError;
    }

    [LoggerMessage(
        Level = LogLevel.Warning, Message = "{Duty}: the database did not answer ({Fault}); it is tried again")]
    private static partial void Unavailable(ILogger log, string duty, string fault);

    [LoggerMessage(Level = LogLevel.Error, Message = "{Duty} failed; it is tried again")]
    private static partial void Failed(ILogger log, string duty, Exception error);
}
