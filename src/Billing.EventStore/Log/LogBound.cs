namespace Billing.EventStore;

/// <summary>How far the log can be read now: below it every transaction has ended, so nothing can appear there any more.</summary>
/// <param name="Epoch">The current epoch: the default that new events get.</param>
/// <param name="TransactionId">The oldest transaction still open anywhere in the cluster, other databases too.</param>
/// <param name="Newest">The last committed event in cursor order, which may lie beyond; null while the log is empty.</param>
public sealed record LogBound(int Epoch, ulong TransactionId, LogCursor? Newest);

/// <summary>The log was restored into another cluster, whose transaction ids start over, and its epoch was not raised.</summary>
public sealed class ForeignLogException(LogCursor newest, ulong next) : InvalidOperationException(
    $"The log holds transaction {newest.TransactionId} in the current epoch {newest.Epoch}, but this cluster has not got beyond {next}: " +
    $"it was restored from another one. Raise the epoch: alter table mt_events alter column epoch set default {newest.Epoch + 1}.");
