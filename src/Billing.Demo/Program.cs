using System.Globalization;
using Billing.Demo;

// Dates and amounts read the same on every machine.
CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (Addresses.Read(args) is not { } addresses)
{
    await Console.Error.WriteLineAsync(Addresses.Usage);
    return 2;
}

try
{
    Print.IsVerbose = addresses.IsVerbose;
    using var api = Calls.ClientOf(addresses.Api);
    using var sandbox = Calls.ClientOf(addresses.Sandbox);

    var story = new Story(api, sandbox, addresses.Commands is { } program ? new Operator(program) : null);

    return await Print.TellAsync(story.TellAsync) ? 0 : 1;
}
catch (BrokenPromiseException broken)
{
    Print.Release();
    await Console.Error.WriteLineAsync($"The story ended early: {broken.Message}");
    return 1;
}
