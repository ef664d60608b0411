using System.Reflection;
using System.Text.RegularExpressions;

namespace Billing.Api.Tests.Operating;

/// <summary>
/// <c>./billing</c> builds with handlers that were generated before. One that is left out is compiled while the first
/// message waits, and nothing else shows it.
/// </summary>
public partial class the_generated_handlers
{
    private const string Repair =
        "Generate them from what is built, and build with them: ./billing test does both when a source is newer. "
        + "By hand: dotnet build -c Release src/Billing.Api && deploy/generate-handlers.sh && "
        + "dotnet build -c Release -p:GeneratedHandlers=true";

    private static readonly Assembly Service = typeof(Endpoints).Assembly;

    private static bool AreExpected => Service.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(it => it.Key == "GeneratedHandlers").Value is "true";

    [Fact]
    public void are_one_for_each_message_in_a_build_with_them_and_none_in_another()
    {
        var expected = AreExpected ? Messages().Order().ToArray() : [];
        var generated = (
            from type in Service.GetTypes()
            where type.Namespace is "Internal.Generated.WolverineHandlers"
            let named = NameOfHandler().Match(type.Name)
            where named.Success
            orderby named.Groups[1].Value
            select named.Groups[1].Value).ToArray();

        Assert.True(
            expected.SequenceEqual(generated),
            $"Generated: {string.Join(", ", generated)}. Expected: {string.Join(", ", expected)}. {Repair}");
    }

    [Fact]
    public void are_expected_of_the_messages_that_charge() =>
        Assert.Superset(new HashSet<string> { "SweepSite", "SubmitCharges", "DecideBatch" }, Messages().ToHashSet());

    private static IEnumerable<string> Messages() => (
        from type in Service.GetTypes()
        where type.IsPublic && type.Namespace is not "Internal.Generated.WolverineHandlers"
            && type.Name.EndsWith("Handler", StringComparison.Ordinal)
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance)
        where method.Name is "Handle" or "HandleAsync"
        select method.GetParameters()[0].ParameterType.Name).Distinct();

    [GeneratedRegex(@"^(\w+?)Handler-?\d+$")]
    private static partial Regex NameOfHandler();
}
