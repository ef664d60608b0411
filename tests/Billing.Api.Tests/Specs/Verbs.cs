namespace Billing.Api.Tests.Specs;

/// <summary>What an operator's verb reply, and how it ended.</summary>
public sealed record Ending(int ExitCode, string Output)
{
    /// <summary>Fails with what was printed instead.</summary>
    public Ending Ended(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Exit code {ExitCode}, expected {exitCode}: {Output}");

        return this;
    }

    public Ending With(string text)
    {
        Assert.Contains(text, Output, StringComparison.Ordinal);

        return this;
    }

    public Ending Without(string text)
    {
        Assert.DoesNotContain(text, Output, StringComparison.Ordinal);

        return this;
    }
}

/// <summary>The verbs behind ./billing, each run as a process of its own.</summary>
public static class Verbs
{
    /// <summary>With the settings of the world.</summary>
    public static Task<Ending> Billing(this World world, params string[] arguments) => Run(world.Settings(), arguments);

    /// <summary>With the settings of the world but for those named.</summary>
    public static Task<Ending> BillingWithout(this World world, string[] missing, params string[] arguments) =>
        Run(world.Settings().Where(setting => !missing.Any(setting.Key.StartsWith)).ToDictionary(), arguments);

    public static async Task<Ending> Run(IReadOnlyDictionary<string, string?> environment, params string[] arguments)
    {
        await using var verb = RunningProgram.Start("Billing.Api", arguments, environment);
        var code = await verb.UntilExitAsync(TimeSpan.FromMinutes(3));

        return new Ending(code, verb.Output);
    }
}
