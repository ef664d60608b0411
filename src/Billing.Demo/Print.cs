namespace Billing.Demo;

/// <summary>Everything that the reader sees.</summary>
internal static class Print
{
    public static void Chapter(string title)
    {
        Console.WriteLine();
        Console.WriteLine(title);
    }

    public static void Line(string text) => Console.WriteLine($"  {text}");

    public static void Tick(string promise) => Console.WriteLine($"  ✓ {promise}");

    public static void Cross(string promise, string otherwise) =>
        Console.WriteLine($"  ✗ {promise} - not so: {otherwise}");
}
