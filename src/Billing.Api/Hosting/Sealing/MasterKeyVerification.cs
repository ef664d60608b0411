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

    /// <exception cref="SettingException">Sealing__MasterKey is missing or not 32 bytes in base64.</exception>
    public static MasterKey Read(IConfiguration configuration)
    {
        const string Name = "Sealing__MasterKey";
        var key = new byte[MasterKey.Bytes];

        return configuration["Sealing:MasterKey"] switch
        {
            null or "" => throw new SettingException(
                Name,
                "is missing: 32 random bytes in base64, for example from `openssl rand -base64 32`. Keep it apart from "
                + "the database and never lose it."),
            var text when Convert.TryFromBase64String(text, key, out var length) && length == MasterKey.Bytes =>
                new MasterKey(key),
            _ => throw new SettingException(Name, "must be exactly 32 bytes in base64."),
        };
    }
}
