using Billing.Api.Hosting.Sites;
using Billing.Audit.Sealing;
using Marten;

namespace Billing.Api.Hosting.Sealing;

/// <summary>Stops the start when the database was written under another master key.</summary>
public sealed class MasterKeyVerification(IDocumentStore store, MasterKey master, SiteRegister sites) : IHostedService
{
    /// <summary>The first key of a database is remembered with it.</summary>
    /// <exception cref="SettingException">The master key is not the one of this database.</exception>
    public async Task VerifyAsync(CancellationToken ct)
    {
        if (!await MasterKeyCheck.IsKnownAsync(store, master, sites.Ids, ct))
        {
            throw new SettingException(
                "Sealing__MasterKey",
                "is not the key that this database was written with. Configure that key; nothing was sealed.");
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => VerifyAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
