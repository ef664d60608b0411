using Billing.Domain.Profiles;
using Npgsql;

namespace Billing.Api.Profiles;

/// <summary>Writes down what each version of a profile says before any charge obeys it, so that the version on a charge can be looked up for ever.</summary>
public sealed class ProfileVersions(NpgsqlDataSource books, MethodProfiles profiles) : IHostedService
{
    private const string Record =
        """
        insert into method_profiles (method_id, version, terms)
        select * from unnest($1::int[], $2::int[], $3::varchar[])
        on conflict (method_id, version) do nothing
        """;

    private const string Others =
        """
        select p.method_id from method_profiles p
        join unnest($1::int[], $2::int[], $3::varchar[]) m (method_id, version, terms) on m.method_id = p.method_id and m.version = p.version
        where m.terms <> p.terms
        order by p.method_id limit 1
        """;

    /// <exception cref="SettingException">A version that is in the books already says something else now.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await RunAsync(Record, cancellationToken);

        if (await RunAsync(Others, cancellationToken) is int methodId)
        {
            throw new SettingException($"Profiles__{methodId}__Version", $"is in the books with other terms. Charges have its version on record: give the changed profile the next one, {MethodProfile.FirstOwnVersion} or above.");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<object?> RunAsync(string sql, CancellationToken ct)
    {
        var all = profiles.All;
        await using var command = books.CreateCommand(sql);
        command.Parameters.Add(new() { Value = all.Select(profile => profile.MethodId).ToArray() });
        command.Parameters.Add(new() { Value = all.Select(profile => profile.Version).ToArray() });
        command.Parameters.Add(new() { Value = all.Select(profile => profile.Terms).ToArray() });

        return await command.ExecuteScalarAsync(ct);
    }
}
