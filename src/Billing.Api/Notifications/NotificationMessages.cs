using Billing.Api.Hosting;

namespace Billing.Api.Notifications;

/// <summary>Applies the notifications of messages that wait at the same time together.</summary>
/// <remarks>
/// Intake commits small groups, each with one message. Applied together they share queries and commits, so that half
/// of the processors are enough and the other half answers the gateway (docs/decisions/0054). A message whose
/// notifications fail is found by halving; what was applied before is not applied again.
/// </remarks>
public sealed class NotificationMessages(NotificationApplier applier) : IAsyncDisposable
{
    private const int MostTogether = 10;
    private static readonly int AtOnce = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly SiteBatchers<ApplyNotifications, bool> batchers = new(
        MostTogether, AtOnce, async (site, messages) =>
        {
            var ids = messages.SelectMany(message => message.Ids).ToArray();
            await applier.ApplyAsync(site, ids, isAgain: false, CancellationToken.None);

            return [.. messages.Select(_ => true)];
        });

    /// <summary>How many messages are handled at the same time: those being applied, and as many that wait.</summary>
    public static int Parallel => 2 * MostTogether * AtOnce;

    /// <exception cref="Exception">One or more could not be applied; the others were.</exception>
    public Task ApplyAsync(ApplyNotifications message, CancellationToken ct) =>
        batchers.SendAsync(message.Site, message, ct);

    public ValueTask DisposeAsync() => batchers.DisposeAsync();
}
