using System.Runtime.ExceptionServices;
using Billing.Api.Hosting;

namespace Billing.Api.Notifications;

/// <summary>Applies the notifications of messages that wait at the same time together.</summary>
/// <remarks>
/// Intake commits small groups, each with one message. Applied together they share queries and commits, so that few
/// groups at a time are enough, and processors are left to answer the gateway (docs/decisions/0054).
/// </remarks>
public sealed class NotificationMessages : IAsyncDisposable
{
    // Reached by the message that exceeds it; one message has at most 250.
    private const int EnoughTogether = 300;

    // One group gathers while another is applied.
    private const int MessagesForEachGroup = 20;
    private static readonly int GroupsAtOnce = Math.Max(1, Environment.ProcessorCount / 2);

    private readonly NotificationApplier applier;
    private readonly SemaphoreSlim groups = new(GroupsAtOnce);
    private readonly CancellationTokenSource stopping = new();
    private readonly SiteBatchers<ApplyNotifications, Exception?> batchers;

    public NotificationMessages(NotificationApplier applier)
    {
        this.applier = applier;
        batchers = new(EnoughTogether, GroupsAtOnce, ApplyGroupAsync, message => message.Ids.Count);
    }

    /// <summary>How many messages are handled at the same time: those being applied, and those that wait.</summary>
    public static int Parallel => MessagesForEachGroup * GroupsAtOnce;

    /// <exception cref="Exception">One or more of the message could not be applied; the others were.</exception>
    public async Task ApplyAsync(ApplyNotifications message, CancellationToken ct)
    {
        if (await batchers.SendAsync(message.Site, message, ct) is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Ends what is being applied: the messages are delivered again.</summary>
    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        await batchers.DisposeAsync();
        stopping.Dispose();
        groups.Dispose();
    }

    private async Task<IReadOnlyList<Exception?>> ApplyGroupAsync(
        string site, IReadOnlyList<ApplyNotifications> messages)
    {
        await groups.WaitAsync(stopping.Token);

        try
        {
            var ids = messages.SelectMany(message => message.Ids).ToArray();
            var failures = await applier.TryApplyAsync(site, ids, isAgain: false, stopping.Token);

            return [.. messages.Select(message => NotificationApplier.Worst(failures, message.Ids))];
        }
        finally
        {
            groups.Release();
        }
    }
}
