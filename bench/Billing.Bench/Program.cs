using Billing.Bench;
using Billing.Bench.Gateway;
using Billing.Bench.Harness;

if (args is [ConstantServer.Verb, ..])
{
    await ConstantServer.RunAsync(args);
    return 0;
}

var json = args.Contains("--json");
var names = args.Where(arg => !arg.StartsWith('-')).ToList();
if (args.Contains("--help") || args.Any(arg => arg.StartsWith('-') && arg is not ("--json" or "--help")) || names.Except(Benchmarks.All.Select(b => b.Name)).Any())
{
    Console.WriteLine("./billing bench [NAME...] [--json]   measures each row beside its floor. The rows:");
    foreach (var benchmark in Benchmarks.All)
    {
        Console.WriteLine($"  {benchmark.Name,-24} {benchmark.What}");
    }

    return args.Contains("--help") ? 0 : 2;
}

const int Rounds = 5;
var failures = 0;
if (!json)
{
    Console.WriteLine(Report.Head);
}

foreach (var benchmark in Benchmarks.All.Where(b => names.Count == 0 || names.Contains(b.Name)))
{
    try
    {
        await using var run = new BenchRun(Rounds, what => Console.Error.WriteLine($"  {benchmark.Name}: {what}"));
        var measured = await benchmark.MeasureAsync(run);
        Console.WriteLine(json ? Report.Json(benchmark, measured) : Report.Line(benchmark, measured));
        failures += measured.Wrong is null ? 0 : 1;
    }
    catch (Exception error)
    {
        failures++;
        Console.Error.WriteLine($"  {benchmark.Name} could not be measured: {error}");
    }
}

return failures == 0 ? 0 : 1;
