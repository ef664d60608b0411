using Npgsql;

namespace Billing.EventStore;

/// <summary>What arrives while a commit is under way is written together by the next one: one load, one commit, for many callers.</summary>
internal sealed class GroupCommit
{
    private const int MaxGroup = 100;

    /// <summary>One group on its way to the disk while the next one decides.</summary>
    private const int AtOnce = 2;

    private readonly EventStore store;
    private readonly Gathering<Write> writes;

    internal GroupCommit(EventStore store) => (this.store, writes) = (store, new Gathering<Write>(MaxGroup, AtOnce, WriteAsync));

    internal Task<T> WriteAsync<T>(StreamKey key, Func<Session, WritableStream, T> decide, CancellationToken ct)
    {
        var write = new Write<T>(key, decide, ct);
        writes.Add(write);
        return write.Result;
    }

    private async Task WriteAsync(List<Write> group)
    {
        group.RemoveAll(write => write.IsGivenUp);
        if (group.Count > 0)
        {
            await CommitAsync(group);
        }

        // Whoever was answered and writes again is in line before the next look, and goes with the next group instead of alone.
        await Task.Yield();
    }

    private async Task CommitAsync(List<Write> group)
    {
        try
        {
            await CommitOnceAsync(group);
            group.ForEach(write => write.Succeed());
        }
        catch (Exception error) when (group.Count > 1 && IsOnesFault(error))
        {
            // Nothing was written. One of them is to blame, and alone each meets only what is its own.
            foreach (var write in group.Where(write => !write.IsOver))
            {
                await CommitAsync([write]);
            }
        }
#pragma warning disable CA1031 // Every caller is told, whatever it was.
        catch (Exception error)
#pragma warning restore CA1031
        {
            group.ForEach(write => write.Fail(error));
        }
    }

    private async Task CommitOnceAsync(List<Write> group)
    {
        await using var session = await store.OpenSessionAsync(CancellationToken.None);
        var streams = await session.FetchForWritingAsync([.. group.Select(write => write.Key)], CancellationToken.None);
        foreach (var write in group)
        {
            var before = session.Changes;
            if (!write.TryDecide(session, streams[write.Key]) && session.Changes != before)
            {
                throw new HalfDecidedException();
            }
        }

        if (!group.TrueForAll(write => write.IsOver))
        {
            await session.CommitAsync(CancellationToken.None);
        }
    }

    // A server that goes down over the commit of messages alone leaves it open whether they were written: nothing to try again.
    private static bool IsOnesFault(Exception error) => error switch
    {
        PostgresException refused => !CommitOutcome.IsOpenAfter(refused),
        _ => error is StreamConflictException or InvalidDataException or HalfDecidedException,
    };

    /// <summary>A decision failed after it had changed the session that others share.</summary>
    private sealed class HalfDecidedException : Exception;

    private abstract class Write(StreamKey key, CancellationToken ct)
    {
        public StreamKey Key { get; } = key;

        protected CancellationToken Ct { get; } = ct;

        /// <summary>The caller has stopped waiting before anything was begun.</summary>
        public bool IsGivenUp => Ct.IsCancellationRequested;

        public abstract bool IsOver { get; }

        /// <summary>False: the decision threw, and its caller has been told.</summary>
        public abstract bool TryDecide(Session session, WritableStream stream);

        public abstract void Succeed();

        public abstract void Fail(Exception error);
    }

    private sealed class Write<T>(StreamKey key, Func<Session, WritableStream, T> decide, CancellationToken ct) : Write(key, ct)
    {
        private readonly TaskCompletionSource<T> result = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T? decided;

        public Task<T> Result => result.Task.WaitAsync(Ct);

        public override bool IsOver => result.Task.IsCompleted;

        public override bool TryDecide(Session session, WritableStream stream)
        {
            try
            {
                decided = decide(session, stream);
                return true;
            }
#pragma warning disable CA1031 // Whatever a decision throws is its caller's.
            catch (Exception error)
#pragma warning restore CA1031
            {
                result.TrySetException(error);
                return false;
            }
        }

        public override void Succeed() => result.TrySetResult(decided!);

        public override void Fail(Exception error) => result.TrySetException(error);
    }
}
