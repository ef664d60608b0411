using Npgsql;

namespace Billing.EventStore;

/// <summary>Streams of one aggregate type in Marten's tables, in the schema of the connection's Search Path.</summary>
public sealed partial class EventStore
{
    private readonly EventCodec codec;
    private readonly GroupCommit group;

    public EventStore(NpgsqlDataSource dataSource, EventStoreOptions options)
    {
        (DataSource, Options, codec) = (dataSource, options, new EventCodec(options.Catalog));
        Memories = new StreamMemories(options.RememberedStreams);
        group = new GroupCommit(this);
    }

    internal NpgsqlDataSource DataSource { get; }

    internal EventStoreOptions Options { get; }

    internal EventCodec Codec => codec;

    internal StreamMemories Memories { get; }

    /// <summary>Opens a transaction; it begins on the server with its first statement.</summary>
    public async Task<Session> OpenSessionAsync(CancellationToken ct)
    {
        var connection = await DataSource.OpenConnectionAsync(ct);
        try
        {
            return new Session(this, connection, await connection.BeginTransactionAsync(ct));
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Locks, loads, decides and commits one stream; concurrent callers share a transaction, and none of them notices.</summary>
    /// <param name="decide">Pure but for what it appends and adds to the session: it may be called again from the top. What it throws reaches the caller, and nothing of it is written.</param>
    /// <param name="ct">Stops the waiting; what has begun is finished.</param>
    /// <exception cref="StreamConflictException">Somebody else wrote first, without the stream's lock.</exception>
    /// <exception cref="PostgresException">A guard or a view refused a row; nothing of this write was written.</exception>
    /// <exception cref="NpgsqlException">PostgreSQL cannot be reached, or could not be asked what became of the commit.</exception>
    public Task<T> WriteAsync<T>(StreamKey key, Func<Session, WritableStream, T> decide, CancellationToken ct) => group.WriteAsync(key, decide, ct);

    /// <summary>The events of one stream in order.</summary>
    /// <param name="key">The stream; unknown ones have no events.</param>
    /// <param name="unseal">True: opens personal properties. A forgotten stream's stay null.</param>
    /// <param name="upToVersion">The last version wanted; null: all.</param>
    /// <param name="recordedUpTo">Only what we had recorded by then (database clock); null: all.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="SealException">A sealed property does not open.</exception>
    /// <exception cref="InvalidDataException">A row does not read as its event.</exception>
    public async Task<IReadOnlyList<Recorded>> ReadStreamAsync(
        StreamKey key, bool unseal = false, long? upToVersion = null, DateTimeOffset? recordedUpTo = null, CancellationToken ct = default)
    {
        await using var batch = DataSource.CreateBatch();
        if (unseal)
        {
            batch.AddKeys(Sql.StreamKeys, [key]);
        }

        batch.Add(Sql.EventsOfStream, key.Tenant, key.Id, upToVersion, recordedUpTo?.ToUniversalTime());

        await using var rows = await batch.ExecuteReaderAsync(ct);
        var (events, seal) = (new List<Recorded>(), default(StreamSeal));
        if (unseal)
        {
            seal = (await StreamSeal.ReadAsync(rows, Options.Sealer, ct))[key];
            await rows.NextResultAsync(ct);
        }

        while (await rows.ReadAsync(ct))
        {
            events.Add(codec.ToRecorded(StoredEvent.Read(rows), seal));
        }

        return events;
    }

    /// <summary>Folds one stream. Null when there is no such stream, or nothing of it that early.</summary>
    /// <inheritdoc cref="ReadStreamAsync" path="/param"/>
    public async Task<Snapshot?> AggregateAsync(
        StreamKey key, bool unseal = false, long? upToVersion = null, DateTimeOffset? recordedUpTo = null, CancellationToken ct = default)
    {
        if (unseal)
        {
            return (await ReadStreamAsync(key, unseal, upToVersion, recordedUpTo, ct)).Aggregate(default(Snapshot), (snapshot, recorded) => Fold(snapshot, key, recorded));
        }

        await using var command = DataSource.CreateBatch();
        command.Add(Sql.FoldOfStream, key.Tenant, key.Id, upToVersion, recordedUpTo?.ToUniversalTime());
        await using var rows = await command.ExecuteReaderAsync(ct);
        var (state, stored) = (default(object), default(StoredEvent));
        while (await rows.ReadAsync(ct))
        {
            stored = StoredEvent.ReadToFold(rows, key);
            state = Options.Aggregate.Evolve(state, codec.Decode(stored, seal: null).Event);
        }

        return state is null ? null : new Snapshot(key, state, stored.Version, stored.Timestamp);
    }

    /// <summary>Folds many streams, in one round trip, or two where a stream that is remembered has another past or is gone; those that do not exist are left out.</summary>
    public Task<IReadOnlyDictionary<StreamKey, Snapshot>> AggregateManyAsync(IReadOnlyCollection<StreamKey> keys, bool unseal, CancellationToken ct) =>
        new SnapshotReader(this, unseal).ReadAsync([.. keys.Distinct()], ct);

    /// <summary>The database's clock, which leases, time-outs and recorded times run on.</summary>
    public async Task<DateTimeOffset> ClockAsync(CancellationToken ct)
    {
        await using var command = DataSource.CreateCommand("select clock_timestamp()");
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return row.Instant(0);
    }

    private Snapshot Fold(Snapshot? before, StreamKey key, Recorded recorded) =>
        new(key, Options.Aggregate.Evolve(before?.State, recorded.Data), recorded.Version, recorded.Timestamp);
}
