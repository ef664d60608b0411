using System.Reflection;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Billing.Api.Tests.Browsing;

/// <summary>
/// A test that needs Chromium. Without it <see cref="OrOneSkipAttribute"/> is skipped for all of them.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
[XunitTestCaseDiscoverer("Billing.Api.Tests.Browsing.InChromiumDiscoverer", "Billing.Api.Tests")]
public sealed class InChromiumAttribute : FactAttribute;

/// <summary>Found by its name, in <see cref="InChromiumAttribute"/>.</summary>
public sealed class InChromiumDiscoverer(IMessageSink messages) : FactDiscoverer(messages)
{
    public override IEnumerable<IXunitTestCase> Discover(
        ITestFrameworkDiscoveryOptions discoveryOptions, ITestMethod testMethod, IAttributeInfo factAttribute) =>
        Chromium.Path is null ? [] : base.Discover(discoveryOptions, testMethod, factAttribute);
}

/// <summary>Skipped, by name and counted once, when there is no Chromium.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OrOneSkipAttribute : FactAttribute
{
    public OrOneSkipAttribute()
    {
        if (Chromium.Path is null)
        {
            Skip = $"There is no Chromium here, so {Left()} tests of the simulator's pages did not run. Run: sudo "
                + "apt-get update && sudo apt-get install -y chromium";
        }
    }

    private static int Left() =>
        typeof(OrOneSkipAttribute).Assembly.GetTypes().SelectMany(type => type.GetMethods())
            .Count(method => method.GetCustomAttribute<InChromiumAttribute>() is not null);
}
