namespace Billing.Demo;

/// <summary>Everything that the reader sees: 100 columns wide, and in colour on a terminal.</summary>
internal static class Print
{
    private const int Columns = 100;
    private const string Green = "\e[32m";
    private const string Red = "\e[31m";
    private const string Bold = "\e[1m";
    private const string Plain = "\e[0m";

    private static readonly bool IsColoured =
        !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static void Chapter(string title)
    {
        Console.WriteLine();
        Write("", title, isBold: true);
    }

    public static void Line(string text) => Write("  ", text);

    public static void Tick(string promise) => Write("  ✓ ", promise);

    public static void Cross(string promise, string otherwise) =>
        Write("  ✗ ", $"{promise} - not so: {otherwise}");

    // What does not fit goes on in the next line, under the first word.
    private static void Write(string before, string text, bool isBold = false)
    {
        var indent = text.Length - text.TrimStart().Length + before.Length;
        var (line, words) = (before + text[..(indent - before.Length)], text.TrimStart().Split(' '));

        foreach (var (at, word) in words.Index())
        {
            if (at > 0 && line.Length + 1 + word.Length > Columns)
            {
                Say(line, isBold);
                line = new string(' ', indent) + word;
            }
            else
            {
                line += at == 0 ? word : $" {word}";
            }
        }

        Say(line, isBold);
    }

    private static void Say(string line, bool isBold) => Console.WriteLine(
        !IsColoured ? line
        : isBold ? $"{Bold}{line}{Plain}"
        : line.Replace("✓", $"{Green}✓{Plain}", StringComparison.Ordinal)
            .Replace("✗", $"{Red}✗{Plain}", StringComparison.Ordinal));
}
