using System.Security.Cryptography;
using System.Text;
using Billing.Api.Hosting.Sealing;
using Marten;
using Marten.Linq.MatchesSql;

namespace Billing.Api.Mandates;

/// <summary>Finds a subscription by e-mail without storing the address: a keyed hash, never in an event.</summary>
public sealed class CustomerEmail
{
    /// <summary>Hash and preapproval.</summary>
    public string Id { get; set; } = "";

    /// <summary>HMAC-SHA256 of site and address, in hex.</summary>
    public string Hash { get; set; } = "";

    public Guid PreapprovalId { get; set; }
}

/// <summary>Keyed hashes of customers' e-mail addresses. Forgetting a person deletes their documents.</summary>
/// <remarks>Without <c>Sealing__IndexKey</c> a reader of the documents can neither read nor guess an address.</remarks>
public sealed class CustomerIndex(SealingOptions options)
{
    private readonly byte[]? key = options.IndexKey is { } text ? Convert.FromBase64String(text) : null;

    /// <summary>False without a key: then nothing is indexed and a search by e-mail is refused.</summary>
    public bool IsOn => key is not null;

    /// <summary>Stores the hash with the session's other changes.</summary>
    public void Write(IDocumentSession session, Guid preapproval, string? email)
    {
        if (key is not null && email is not null)
        {
            var hash = Hash(session.TenantId, email);
            session.Store(
                new CustomerEmail { Id = $"{hash}:{preapproval:N}", Hash = hash, PreapprovalId = preapproval });
        }
    }

    public static void Forget(IDocumentSession session, Guid preapproval) =>
        session.DeleteWhere<CustomerEmail>(entry => entry.PreapprovalId == preapproval);

    /// <summary>Newest first.</summary>
    /// <param name="after">The last one of the page before.</param>
    public async Task<IReadOnlyList<Guid>> FindAsync(
        IQuerySession session, string email, Guid? after, int most, CancellationToken ct)
    {
        var hash = Hash(session.TenantId, email);
        var entries = session.Query<CustomerEmail>().Where(entry => entry.Hash == hash);

        if (after is { } last)
        {
            entries = entries.Where(entry => entry.MatchesSql("d.preapproval_id < ?", last));
        }

        return await entries
            .OrderByDescending(entry => entry.PreapprovalId).Take(most).Select(entry => entry.PreapprovalId)
            .ToListAsync(ct);
    }

    // The site is part of the hash: the same person at two sites cannot be matched.
    private string Hash(string site, string email) => Convert.ToHexStringLower(
        HMACSHA256.HashData(
            key!, Encoding.UTF8.GetBytes($"{site.Length}:{site}{email.Trim().Normalize().ToLowerInvariant()}")));
}
