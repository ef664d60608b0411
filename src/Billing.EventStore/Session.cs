using Npgsql;

namespace Billing.EventStore;

/// <summary>One transaction: lock, load, decide, write, commit. Disposing without a commit rolls back. Not thread safe.</summary>
public sealed class Session : IAsyncDisposable
{
    private readonly EventStore store;
    private readonly NpgsqlTransaction transaction;
    private readonly Dictionary<StreamKey, WritableStream> streams = [];
    private readonly int processId;
    private ulong? transactionId;
    private bool isCommitted;

    internal Session(EventStore store, NpgsqlConnection connection, NpgsqlTransaction transaction)
    {
        (this.store, Connection, this.transaction) = (store, connection, transaction);
        Also = new NpgsqlBatch(connection);
        processId = connection.ProcessID;
    }

    /// <summary>For statements that must share the transaction and whose answer is needed before the commit.</summary>
    public NpgsqlConnection Connection { get; }

    /// <summary>Statements that run in the commit's round trip: after the events and their projections, before the commit.</summary>
    public NpgsqlBatch Also { get; }

    /// <summary>Called once all of this is committed, also where only asking told so; not to throw, and not to wait for anything.</summary>
    public event Action? Committed;

    /// <summary>Rises with everything that the commit will write.</summary>
    internal int Changes => Also.BatchCommands.Count + streams.Values.Sum(s => s.Pending.Count + (s.ForgetsAtCommit ? 1 : 0));

    /// <summary>Locks the streams that exist, in key order, and loads and folds them, in one round trip.</summary>
    /// <returns>One entry per distinct key; a stream that does not exist has version 0 and no state.</returns>
    /// <exception cref="StreamConflictException">A stream was created at this very moment.</exception>
    public Task<IReadOnlyDictionary<StreamKey, WritableStream>> FetchForWritingAsync(IReadOnlyCollection<StreamKey> keys, CancellationToken ct) =>
        FetchForWritingAsync(keys, _ => true, ct);

    /// <param name="keys">Which streams.</param>
    /// <param name="isSealing">Whether the key of a stream will be used; to the others nothing that is sealed can be appended.</param>
    /// <param name="ct">Cancels.</param>
    internal async Task<IReadOnlyDictionary<StreamKey, WritableStream>> FetchForWritingAsync(IReadOnlyCollection<StreamKey> keys, Func<StreamKey, bool> isSealing, CancellationToken ct)
    {
        var missing = keys.Where(key => !streams.ContainsKey(key)).Distinct().Order().ToList();
        if (missing.Count > 0)
        {
            var loader = new StreamLoader(store);
            foreach (var (key, stream) in await loader.LockAndLoadAsync(Connection, missing, [.. missing.Where(isSealing)], ct))
            {
                streams.Add(key, stream);
            }

            transactionId ??= loader.TransactionId;
        }

        return keys.Distinct().ToDictionary(key => key, key => streams[key]);
    }

    /// <summary>Streams as the store remembers them, read and locked by nobody: <see cref="WriteAheadAsync"/> finds out whether they are so.</summary>
    /// <param name="keys">Distinct, and the only ones of this session.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StreamConflictException">One of them is not remembered any more.</exception>
    internal async Task<IReadOnlyDictionary<StreamKey, WritableStream>> RecallAsync(IReadOnlyList<StreamKey> keys, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(Connection);
        batch.Add(Sql.PlanOnce);
        batch.Add(Sql.TransactionAndClock);
        await using var row = await batch.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        (transactionId, var now) = (row.GetFieldValue<ulong>(0), row.Instant(1));
        streams.EnsureCapacity(keys.Count);
        foreach (var key in keys)
        {
            var memory = store.Memories.Take(key) ?? throw new StreamConflictException($"Stream {key} is in other hands.");
            streams.Add(key, new WritableStream(key, now, StreamSeal.NotRead(key, store.Options.Sealer), memory.Head, memory) { IsRecalled = true });
        }

        return streams;
    }

    /// <summary>Locks streams that were recalled and writes what was appended to each of them, ahead of the commit.</summary>
    /// <param name="recalled">Sorted, and behind those of the call before: the order in which locks are taken.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="StreamConflictException">One of them is not as it was remembered; the session is of no more use.</exception>
    internal async Task WriteAheadAsync(IReadOnlyList<WritableStream> recalled, CancellationToken ct)
    {
        await using var batch = new NpgsqlBatch(Connection);
        CommitBatch.AddAppends(batch, recalled, store.Options.Aggregate.StreamType);
        try
        {
            await batch.ExecuteNonQueryAsync(ct);
        }
        catch (PostgresException error) when (IsConflict(error))
        {
            throw Conflict(error);
        }

        foreach (var stream in recalled)
        {
            stream.IsWrittenAhead = true;
        }
    }

    /// <inheritdoc cref="FetchForWritingAsync(IReadOnlyCollection{StreamKey}, CancellationToken)"/>
    public async Task<WritableStream> FetchForWritingAsync(StreamKey key, CancellationToken ct) =>
        (await FetchForWritingAsync([key], ct))[key];

    /// <summary>The same, for a writer who decided on a version it saw earlier.</summary>
    /// <exception cref="StreamConflictException">The stream is at another version.</exception>
    public async Task<WritableStream> FetchForWritingAsync(StreamKey key, long expectedVersion, CancellationToken ct)
    {
        var stream = await FetchForWritingAsync(key, ct);
        return stream.Version == expectedVersion
            ? stream
            : throw new StreamConflictException($"Stream {key} is at version {stream.Version}, not {expectedVersion}.");
    }

    /// <summary>Adds events to a stream of this session; its state and version move at once, the rows are written by the commit.</summary>
    /// <exception cref="ArgumentException">An event is not in the catalogue or holds text that cannot be stored; then none was added.</exception>
    public void Append(WritableStream stream, IReadOnlyList<object> events, Metadata metadata)
    {
        StorableText.Check(metadata.CorrelationId, nameof(metadata.CorrelationId));
        StorableText.Check(metadata.CausationId, nameof(metadata.CausationId));
        StorableText.Check(metadata.UserName, nameof(metadata.UserName));
        RefuseOthers(stream);
        stream.Seal.EnsureKey();

        var (state, version, hash) = (stream.State, stream.Version, stream.HeadHash);
        var pending = new List<PendingEvent>(events.Count);
        foreach (var @event in events)
        {
            var entry = store.Options.Catalog.Of(@event);
            var id = Guid.CreateVersion7(stream.NextTimestamp);
            var (data, redacted) = EventCodec.Encode(entry, @event, id, stream.Seal);
            var stored = new StoredEvent(
                stream.Key, ++version, id, entry.Type.Name, data, stream.NextTimestamp,
                metadata.CorrelationId, metadata.CausationId, metadata.UserName, HashChain.NoHeaders, Hash: null);
            hash = HashChain.Hash(stored, hash);
            state = store.Options.Aggregate.Evolve(state, redacted);
            pending.Add(new PendingEvent(stored with { Hash = hash }, entry.DotnetType, EventCodec.Recorded(stored, entry.Type.Name, redacted) with { State = state }));
        }

        (stream.State, stream.Version, stream.HeadHash, stream.LastTimestamp) = (state, version, hash, stream.NextTimestamp);
        stream.Pending.AddRange(pending);
        foreach (var view in stream.Views)
        {
            pending.ForEach(one => view.Apply(one.Recorded));
        }
    }

    /// <summary>Destroys the stream's key at commit and leaves a tombstone: what is sealed reads as null from then on, and no later append makes a new key.</summary>
    /// <exception cref="InvalidOperationException">There is no such stream.</exception>
    public void Forget(WritableStream stream)
    {
        if (stream.Version == 0)
        {
            throw new InvalidOperationException($"There is no stream {stream.Key} to forget.");
        }

        RefuseOthers(stream);
        stream.Seal.Forget();
        stream.ForgetsAtCommit = true;
    }

    /// <summary>Writes everything and commits, in one round trip.</summary>
    /// <param name="ct">Ends the waiting before the commit is sent; once it is sent, it is waited for.</param>
    /// <remarks>A connection that breaks over the commit leaves it open whether it happened: the events are looked for once the transaction is over, and nothing is ever appended again on a guess.</remarks>
    /// <exception cref="InvalidOperationException">This session was committed already.</exception>
    /// <exception cref="StreamConflictException">Somebody else created one of the streams, or wrote to it without its lock, or before this session had it.</exception>
    /// <exception cref="PostgresException">A guard or a view refused a row; nothing was written.</exception>
    public async Task CommitAsync(CancellationToken ct)
    {
        if (isCommitted)
        {
            throw new InvalidOperationException("A session commits once.");
        }

        ct.ThrowIfCancellationRequested();
        await using var batch = CommitBatch.Of(this, store.Options, [.. streams.Values.Where(s => s.IsChanged).OrderBy(s => s.Key)]);
        try
        {
            await batch.ExecuteNonQueryAsync(CancellationToken.None);
            IsCommitted();
        }
        catch (PostgresException error) when (IsConflict(error))
        {
            throw Conflict(error);
        }
        catch (NpgsqlException error) when (CommitOutcome.IsOpenAfter(error) && streams.Values.SelectMany(s => s.Pending).FirstOrDefault() is { } written)
        {
            if (!await new CommitOutcome(store.DataSource).IsCommittedAsync(transactionId!.Value, processId, written.Stored))
            {
                throw;
            }

            IsCommitted();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!isCommitted)
        {
            Remember(streams.Values.Where(stream => !stream.IsChanged));
        }

        await Also.DisposeAsync();
        await transaction.DisposeAsync();
        await Connection.DisposeAsync();
    }

    // Sql.UpdateUnchanged. What else divides by zero in the commit does so again once the streams are locked, and is told then.
    private bool IsConflict(PostgresException error) =>
        StreamConflictException.Caused(error) || (error.SqlState == PostgresErrorCodes.DivisionByZero && streams.Values.Any(stream => stream.IsRecalled));

    private static StreamConflictException Conflict(PostgresException error) => new("Somebody else wrote to one of these streams first.", error);

    private void IsCommitted()
    {
        isCommitted = true;
        Remember(streams.Values);
        Committed?.Invoke();
    }

    // Up to its last chained event only a stream can be held against its head: what others wrote is chained by an append.
    private void Remember(IEnumerable<WritableStream> loaded)
    {
        foreach (var stream in loaded.Where(stream => stream.Version > 0 && (stream.Pending.Count > 0 || stream.Foreign.Count == 0)))
        {
            store.Memories.Put(stream.Key, stream.Remember());
        }
    }

    private void RefuseOthers(WritableStream stream)
    {
        if (streams.GetValueOrDefault(stream.Key) != stream)
        {
            throw new InvalidOperationException($"Stream {stream.Key} was not fetched by this session: it is not locked.");
        }
    }
}
