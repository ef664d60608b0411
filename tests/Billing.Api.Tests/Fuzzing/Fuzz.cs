using System.Globalization;

namespace Billing.Api.Tests.Fuzzing;

/// <summary>BILLING_FUZZ bodies are tried (50,000 by default); BILLING_FUZZ_SEED chooses others.</summary>
public static class Fuzz
{
    private const long MostGrowth = 16 * 1024 * 1024;

    public static int Total { get; } = Number("BILLING_FUZZ", 50_000);

    public static int Seed { get; } = Number("BILLING_FUZZ_SEED", 1);

    /// <summary>Of all: over HTTP, where each costs a commit.</summary>
    public static int OverHttp => Total / 25;

    /// <summary>Of all: straight at the reader of notifications and the decisions behind it.</summary>
    public static int Notifications => (Total - OverHttp) / 2;

    /// <summary>Of all: answers of the gateway, through its door.</summary>
    public static int Answers => Total - OverHttp - Notifications;

    /// <summary>Each body has a source of its own: one of a million can be looked at alone.</summary>
    public static Random At(int number) =>
        new(unchecked((int)((((uint)Seed * 0x9E3779B1u) ^ (uint)number) * 0x85EBCA6Bu)));

    /// <summary>What a failure has to say so that it can be seen again.</summary>
    public static string Case(int number, string what) => $"{what} — BILLING_FUZZ_SEED={Seed}, body {number}";

    /// <summary>Tries each in turn. The first fifth may leave memory in use; the rest must not add to it.</summary>
    public static async Task EachAsync(int count, Func<int, Random, Task> tryOne)
    {
        var before = 0L;

        for (var number = 0; number < count; number++)
        {
            if (number == count / 5)
            {
                before = GC.GetTotalMemory(forceFullCollection: true);
            }

            await tryOne(number, At(number));
        }

        AssertFlat(before);
    }

    /// <param name="most">Bytes; more where other worlds live in the same process.</param>
    public static void AssertFlat(long before, long most = MostGrowth)
    {
        var growth = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(growth < most, $"Memory grew by {growth:N0} bytes.");
    }

    private static int Number(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text
            ? int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture)
            : otherwise;
}
