using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Importing;

/// <summary>A process dies over a page of an import. Each row is imported once all the same.</summary>
[Keeps(Promise.NeverChargedTwice)]
public class killing_a_process_that_imports(ServicelessWorld shared) : IClassFixture<ServicelessWorld>
{
    private readonly World world = shared.World;

    [Fact]
    public async Task another_goes_on_where_it_was_and_imports_each_once()
    {
        var ids = await world.Sandbox.HasAsync(1_100);
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, Imports.File(ids.Select(id => Imports.Row(id))));

        try
        {
            // One page is committed, the second is not.
            var doomed = await Verbs.Run(
                world.Settings(new Dictionary<string, string?>
                {
                    ["Failpoints__KillAt"] = "import:committing", ["Failpoints__Pass"] = "1",
                }),
                "import", file, "--site", "30201");
            Assert.Equal(128 + 9, doomed.ExitCode);
            var id = await world.QueryAsync<Guid>("select id from imports");
            Assert.Equal(500, await world.StreamsAsync(ids));

            // A node dies when it has committed the next one, and before it knows.
            await using (var node = await Node.StartAsync(world, "import:committed"))
            {
                await node.UntilKilledAsync();
            }

            Assert.Equal(1_000, await world.StreamsAsync(ids));

            (await world.Billing("import", "--continue", $"{id}", "--site", "30201")).Ended(0)
                .With("import done: 1100 rows, 0 waiting, 0 ready, 1100 imported, 0 refused, 0 cancelled");
            Assert.Equal(1_100, await world.StreamsAsync(ids));
            Assert.Equal(
                1_100,
                await world.QueryAsync<long>(
                    """
                    select count(distinct data -> 'Gateway' ->> 'PreapprovalId') from mt_events
                    where type = 'recovered_from_gateway'
                    """));

            // The same file again, first without changing anything.
            (await world.Billing("import", file, "--site", "30201", "--dry-run")).Ended(1)
                .With("already_known").With("… and 1000 more: GET /v1/imports/")
                .With("0 ready, 0 imported, 1100 refused");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Fact]
    public async Task the_verb_says_what_it_needs()
    {
        (await world.Billing("import", "--site", "30201")).Ended(1)
            .With("Name one of FILE, --continue ID and --run ID.");
        (await world.Billing("import", "there-is-none.csv", "--site", "30201")).Ended(1).With("There is no file");
        (await world.Billing("import", "--continue", $"{Guid.Empty}", "--site", "30201")).Ended(1)
            .With("There is no such import on this site.");
    }
}
