using System.Security.Cryptography;
using JasperFx;
using Marten;
using Marten.Linq.MatchesSql;

namespace Billing.Audit.Sealing;

/// <summary>A known value sealed under the database's master key, so that a start with another key stops.</summary>
public sealed class MasterKeyCheck
{
    private const string Context = "master-key-check";

    // One row: of two nodes that start on an empty database only one can insert it.
    private const string OnlyId = "first";

    // One data key may be damaged.
    private const int MostDataKeys = 10;

    /// <summary>In databases of earlier versions the master key's name.</summary>
    public string Id { get; set; } = "";

    public byte[] Value { get; set; } = [];

    /// <param name="tenants">Whose data keys are tried where a database has keys and no check value.</param>
    /// <returns>False when the database was written under another master key.</returns>
    public static async Task<bool> IsKnownAsync(
        IDocumentStore store, MasterKey master, IReadOnlyCollection<string> tenants, CancellationToken ct)
    {
        if (await ComparedAsync(store, master, ct) is { } isKnown)
        {
            return isKnown;
        }

        if (await OpensDataKeysAsync(store, master, tenants, ct) is false)
        {
            return false;
        }

        try
        {
            await using var session = store.LightweightSession();
            session.Insert(new MasterKeyCheck { Id = OnlyId, Value = master.Wrap("billing"u8, Context) });
            await session.SaveChangesAsync(ct);

            return true;
        }
        catch (DocumentAlreadyExistsException)
        {
            // Another node was first, perhaps with another key.
            return await ComparedAsync(store, master, ct) is true;
        }
    }

    // Null: there is no check value.
    private static async Task<bool?> ComparedAsync(IDocumentStore store, MasterKey master, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var checks = await session.Query<MasterKeyCheck>().ToListAsync(ct);

        return checks.Count == 0 ? null : checks.Any(check => Opens(() => master.Unwrap(check.Value, Context)));
    }

    // Null: there are no data keys.
    private static async Task<bool?> OpensDataKeysAsync(
        IDocumentStore store, MasterKey master, IReadOnlyCollection<string> tenants, CancellationToken ct)
    {
        bool? opens = null;

        foreach (var tenant in tenants)
        {
            await using var session = store.QuerySession(tenant);
            var keys = await session.Query<DataKey>()
                .Where(key => key.MatchesSql("d.data ->> 'Wrapped' is not null")).Take(MostDataKeys).ToListAsync(ct);

            if (keys.Any(key => Opens(() => StreamCipher.Open(master, tenant, key))))
            {
                return true;
            }

            opens = keys.Count > 0 ? false : opens;
        }

        return opens;
    }

    private static bool Opens(Func<object?> open)
    {
        try
        {
            open();

            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
