using Marten;

namespace Billing.Audit.Sealing;

/// <summary>A known value sealed under a master key, so that a start with the wrong key stops at once.</summary>
public sealed class MasterKeyCheck
{
    private const string Context = "master-key-check";

    /// <summary>The master key's name.</summary>
    public string Id { get; set; } = "";

    public byte[] Value { get; set; } = [];

    /// <returns>False when the database was written under other master keys only.</returns>
    public static async Task<bool> IsKnownAsync(IDocumentStore store, MasterKey master, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        var checks = await session.Query<MasterKeyCheck>().ToListAsync(ct);

        if (checks.FirstOrDefault(check => check.Id == master.Id) is { } own)
        {
            master.Unwrap(own.Value, Context);
            return true;
        }

        if (checks.Count > 0)
        {
            return false;
        }

        session.Store(new MasterKeyCheck { Id = master.Id, Value = master.Wrap("billing"u8, Context) });
        await session.SaveChangesAsync(ct);

        return true;
    }
}
