using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

/// <summary>
/// The PostgreSQL cluster that <c>./billing</c> keeps under .billing/ when no connection string is set. Data that is
/// there is never replaced by an empty database.
/// </summary>
/// <remarks><c>deploy/test-billing.sh</c> tries more of it, with clusters that really run.</remarks>
public sealed class starting_a_private_cluster : IDisposable
{
    // What `serve`, the other verbs and the demo do before they start anything.
    private const string AsServeDoes =
        """
        set -euo pipefail
        for part in machine processes postgres cluster build tests demo; do source "$root/deploy/cli/$part.sh"; done
        begin
        hold_cluster postgres
        echo "It started."
        """;

    private const string AsTestsDo = """exec "$root/billing" postgres start postgres --for $$""";

    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("billing-home-");

    private string Cluster => Path.Combine(_home.FullName, "postgres");

    [Theory]
    [InlineData(AsServeDoes)]
    [InlineData(AsTestsDo)]
    public async Task one_of_another_major_version_is_refused_and_left_as_it_is(string script)
    {
        Keep("data/PG_VERSION", "14\n");

        await IsRefused(script, "it was made by PostgreSQL 14");
    }

    [Fact]
    public async Task one_that_has_lost_its_version_is_refused_and_left_as_it_is()
    {
        Keep("data/PG_VERSION", "");

        await IsRefused(AsServeDoes, "has no PG_VERSION");
    }

    [Fact]
    public async Task one_whose_volume_is_not_mounted_is_refused_and_left_as_it_is()
    {
        Directory.Delete(Path.Combine(Cluster, "data"), recursive: true);

        await IsRefused(AsServeDoes, "data is missing");
    }

    [Fact]
    public async Task one_that_is_to_be_kept_is_never_used_as_a_throw_away_one()
    {
        Keep("data/PG_VERSION", "14\n");

        await IsRefused($"{AsTestsDo} --throwaway", "is to be kept");
    }

    [Fact]
    public async Task one_that_cannot_be_read_or_is_recovering_is_refused_and_used_again_afterwards() =>
        (await RunAsync("exec \"$root/deploy/test-billing.sh\" refusals")).Ended(0)
            .With("9 passed, 0 failed").Without("FAILED");

    [Theory]
    [InlineData("api_verb serve -h")]
    [InlineData("api_verb serve --help")]
    [InlineData("api_verb audit verify -?")]
    [InlineData("sandbox_verb -h")]
    [InlineData("bench_verb --help")]
    public async Task none_is_started_for_help_and_no_port_has_to_be_free(string verb)
    {
        const string script =
            """
            set -euo pipefail
            for part in machine processes postgres cluster build verbs; do source "$root/deploy/cli/$part.sh"; done
            build() { :; }
            hold_cluster() { die "It starts PostgreSQL."; }
            require_free_port() { die "It needs a free port."; }
            pass_on() { echo "It runs ${*:2}"; }
            begin
            """;

        (await RunAsync($"{script}\n{verb}")).Ended(0).With($"{verb[(verb.IndexOf(' ') + 1)..]}\n");
    }

    [Fact]
    public async Task a_connection_string_whose_name_is_in_capitals_is_used_instead()
    {
        const string script =
            """
            set -euo pipefail
            for part in machine processes postgres cluster; do source "$root/deploy/cli/$part.sh"; done
            begin
            use_database billing
            echo "It uses $ConnectionStrings__Billing"
            """;

        (await RunAsync(script, ("CONNECTIONSTRINGS__BILLING", "Host=elsewhere"))).Ended(0)
            .With("It uses Host=elsewhere");
    }

    public starting_a_private_cluster()
    {
        Keep("url", "Host=127.0.0.1;Port=20000;Username=billing;Password=secret;Database=postgres\n");
        Keep("password", "secret\n");
        Keep("data/base/1/2619", "A page of a table.");
        Keep("data/postmaster.pid", "2147483000\n/elsewhere\n");
    }

    public void Dispose() => _home.Delete(recursive: true);

    private async Task IsRefused(string script, string cause)
    {
        var before = Files();

        (await RunAsync(script)).Ended(1).With(Cluster).With(cause).Without("It started.");
        Assert.Equal(before, Files());
    }

    private async Task<Ending> RunAsync(string script, params (string Name, string Value)[] more)
    {
        var environment = more.ToDictionary(one => one.Name, string? (one) => one.Value);
        (environment["BILLING_HOME"], environment["root"]) = (_home.FullName, LocalMachine.Root);
        await using var started = RunningProgram.StartCommand("bash", ["-c", script], environment);

        return new Ending(await started.UntilExitAsync(TimeSpan.FromMinutes(2)), started.Output);
    }

    private void Keep(string path, string content)
    {
        var file = new FileInfo(Path.Combine(Cluster, path));
        file.Directory!.Create();
        File.WriteAllText(file.FullName, content);
    }

    private SortedDictionary<string, string> Files() => new(
        Directory.EnumerateFiles(_home.FullName, "*", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(_home.FullName, path).StartsWith("run", StringComparison.Ordinal))
            .ToDictionary(path => path, File.ReadAllText),
        StringComparer.Ordinal);
}
