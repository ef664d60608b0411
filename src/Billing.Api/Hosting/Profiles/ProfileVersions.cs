using Billing.Domain.Profiles;
using Marten;

namespace Billing.Api.Hosting.Profiles;

/// <summary>What one version of a method profile says, stored before a charge obeys it.</summary>
public sealed class MethodProfileVersion
{
    /// <summary>Method id and version, for example 84-2.</summary>
    public string Id { get; set; } = "";

    public string Terms { get; set; } = "";
}

/// <summary>Stores each version of a profile at start: the version on a charge can always be looked up.</summary>
public sealed class ProfileVersions(IDocumentStore store, MethodProfiles profiles) : IHostedService
{
    /// <exception cref="SettingException">A stored version says something else now.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await using var session = store.LightweightSession();
        var known = (await session.Query<MethodProfileVersion>().ToListAsync(cancellationToken))
            .ToDictionary(version => version.Id, version => version.Terms);

        foreach (var profile in profiles.All)
        {
            var id = $"{profile.MethodId}-{profile.Version}";

            if (known.TryGetValue(id, out var terms) && terms != profile.Terms)
            {
                throw new SettingException(
                    $"Profiles__{profile.MethodId}__Version",
                    "is stored with other terms. Charges have its version on record: give the changed profile the next "
                    + $"one, {MethodProfile.FirstOwnVersion} or above.");
            }

            session.Store(new MethodProfileVersion { Id = id, Terms = profile.Terms });
        }

        await session.SaveChangesAsync(cancellationToken);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
