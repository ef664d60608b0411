using System.Security.Cryptography;
using System.Text;
using Billing.EventStore;
using Npgsql;

namespace Billing.Api.Subscribing;

/// <summary>Finds subscriptions by e-mail without storing one: a keyed hash beside the books, never in an event.</summary>
/// <remarks>Whoever has the table and not <c>Sealing__IndexKey</c> can neither read an address nor try one. The rows of a forgotten person go with them.</remarks>
public sealed class CustomerIndex
{
    // Stored with each hash: a new key gets the next number, and rows of the old one are written anew by their next change.
    private const short KeyVersion = 1;

    private readonly byte[]? _key;

    /// <exception cref="SettingException">Sealing__IndexKey is there and is not 32 bytes in base64.</exception>
    public CustomerIndex(IConfiguration configuration)
    {
        var key = new byte[32];

        _key = configuration["Sealing:IndexKey"] switch
        {
            null or "" => null,
            var text when Convert.TryFromBase64String(text, key, out var length) && length == 32 => key,
            _ => throw new SettingException("Sealing__IndexKey", "must be exactly 32 bytes in base64."),
        };
    }

    /// <summary>False without a key: then nothing is indexed and nobody can be found.</summary>
    public bool IsOn => _key is not null;

    /// <summary>Adds the row to the commit that writes the customer.</summary>
    public void Write(NpgsqlBatch batch, StreamKey stream, string? email)
    {
        if (_key is not null && email is not null)
        {
            batch.Add("insert into customer_index values ($1, $2, $3, $4) on conflict do nothing", stream.Tenant, Hash(stream.Tenant, email), KeyVersion, stream.Id);
        }
    }

    /// <summary>Adds the removal to the commit that forgets the customer.</summary>
    public static void Forget(NpgsqlBatch batch, StreamKey stream) =>
        batch.Add("delete from customer_index where tenant_id = $1 and preapproval_id = $2", stream.Tenant, stream.Id);

    public async Task<IReadOnlyList<Guid>> FindAsync(NpgsqlDataSource books, string tenant, string email, int most, CancellationToken ct)
    {
        await using var command = books.CreateCommand("select preapproval_id from customer_index where tenant_id = $1 and email_hmac = $2 order by preapproval_id desc limit $3");
        command.Parameters.Add(new() { Value = tenant });
        command.Parameters.Add(new() { Value = Hash(tenant, email) });
        command.Parameters.Add(new() { Value = most });
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();

        while (await row.ReadAsync(ct))
        {
            found.Add(row.GetGuid(0));
        }

        return found;
    }

    // The tenant is hashed in: the same person at two sites cannot be matched up.
    private byte[] Hash(string tenant, string email) =>
        HMACSHA256.HashData(_key!, Encoding.UTF8.GetBytes($"{tenant.Length}:{tenant}{email.Trim().Normalize().ToLowerInvariant()}"));
}
