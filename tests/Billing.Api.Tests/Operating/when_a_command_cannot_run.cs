using System.Text.Json.Nodes;
using Billing.Api.Tests.Crashing;
using Billing.Api.Tests.Specs;

namespace Billing.Api.Tests.Operating;

public class when_a_command_cannot_run
{
    [Theory]
    [InlineData(0, "--urls", "serve", "--help")]
    [InlineData(1, "--frob", "serve", "--frob")]
    [InlineData(1, "no address like http://127.0.0.1:5080", "serve", "--urls", "http://127.0.0.1:99999")]
    [InlineData(1, "no address like http://127.0.0.1:5080", "serve", "--urls", "5080")]
    [InlineData(1, "--frob", "audit", "verify", "--frob")]
    [InlineData(0, "  ./billing audit verify [options]", "audit", "verify", "--help")]
    [InlineData(0, "  ./billing [command] [options]", "--help")]
    [InlineData(1, "--limit 'many' is no whole number from 1.", "notifications", "list", "--limit", "many")]
    [InlineData(1, "'nonsense' is no id like ", "operator", "forget", "nonsense", "--by", "me")]
    public async Task arguments_are_explained_or_refused_before_anything_is_read(
        int code, string with, params string[] arguments) =>
        (await Verbs.Run(new Dictionary<string, string?>(), arguments)).Ended(code).With(with).Without("   at ")
            .Without("System.");

    [Theory]
    [InlineData(0, "--urls", "--help")]
    [InlineData(2, "--frob", "--frob")]
    [InlineData(2, "99999", "--urls", "http://127.0.0.1:99999")]
    [InlineData(2, "https needs a certificate", "--urls", "https://127.0.0.1:1")]
    public async Task so_are_those_of_the_simulator(int code, string with, params string[] arguments)
    {
        await using var sandbox = RunningProgram.Start("Billing.Sandbox", arguments, new Dictionary<string, string?>());

        var exit = await sandbox.UntilExitAsync(TimeSpan.FromMinutes(1));

        new Ending(exit, sandbox.Output).Ended(code).With(with).Without("   at ");
    }

    [Fact]
    public async Task a_state_file_that_the_simulator_cannot_write_is_named()
    {
        var file = Path.GetTempFileName();
        await using var sandbox = RunningProgram.Start(
            "Billing.Sandbox", ["--urls", $"http://127.0.0.1:{LocalMachine.FreePort()}"],
            new Dictionary<string, string?> { ["Sandbox__StatePath"] = $"{file}/state.json" });

        new Ending(await sandbox.UntilExitAsync(TimeSpan.FromMinutes(1)), sandbox.Output).Ended(2)
            .With($"Sandbox__StatePath: {file}/state.json cannot be read and written: ").Without("   at ");
        File.Delete(file);
    }

    [Fact]
    public async Task a_verb_that_is_interrupted_says_so_without_a_trace()
    {
        await using var world = await World.StartAsync();
        await Subscriber.Open(world);
        await world.Sandbox.MisbehaveAsync(new JsonObject
        {
            ["operation"] = "read", ["action"] = "slow", ["delayMs"] = 7_000, ["times"] = 50,
        });
        await using var verb = RunningProgram.Start(
            "Billing.Api", ["audit", "drift", "--site", "30201"], world.Settings());
        await Waiting.Until("it asks the gateway", async () =>
            (await world.Sandbox.GetAsync("sandbox/scenarios"))["rules"]!
            .AsArray().Any(rule => (int)rule!["fired"]! > 0));

        new Ending(await verb.StopKindlyAsync(), verb.Output).Ended(130).With("Interrupted.").Without("   at ");
    }
}
