using System.Runtime.InteropServices;
using Billing.Bench;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;

const int EndedBySigterm = 128 + 15;

if (args is [ConstantServer.Verb, ..])
{
    await ConstantServer.RunAsync(args);
    return 0;
}

if (BenchArguments.Read(args) is not { } arguments)
{
    Console.WriteLine(BenchArguments.Usage);
    return args.Any(arg => arg is "--help" or "-h" or "-?") ? 0 : 2;
}

// Since .NET 10 a signal ends the process at once, and the servers would stay.
using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, _ => Environment.Exit(EndedBySigterm));
var failures = 0;

if (!arguments.IsJson)
{
    Console.WriteLine(Report.Head);
}

foreach (var benchmark in arguments.Rows)
{
    try
    {
        await using var run = new BenchRun(
            arguments.Rounds, text => Console.Error.WriteLine($"  {benchmark.Name}: {text}"));
        var measured = await benchmark.MeasureAsync(run);
        Console.WriteLine(arguments.IsJson ? Report.Json(benchmark, measured) : Report.Line(benchmark, measured));
        failures += measured.Wrong is null ? 0 : 1;
    }
    catch (Exception error)
    {
        failures++;
        Console.Error.WriteLine($"  {benchmark.Name} could not be measured: {error}");
    }
}

return failures == 0 ? 0 : 1;
