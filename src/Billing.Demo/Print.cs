using Spectre.Console;
using Spectre.Console.Rendering;

namespace Billing.Demo;

/// <summary>
/// Everything that the reader sees: 100 columns wide, in colour on a terminal. Months of business time are shown as
/// they pass, and the steps after them; with --verbose it is the other way round.
/// </summary>
internal static class Print
{
    private const int Columns = 100;

    private static readonly bool IsPlain =
        Console.IsOutputRedirected || !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    // Of the environment only what was asked for above: some build servers are taken for terminals.
    private static readonly IAnsiConsole Terminal = AnsiConsole.Create(new()
    {
        Ansi = IsPlain ? AnsiSupport.No : AnsiSupport.Detect,
        Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
    });

    private static readonly List<IRenderable> Held = [];
    private static bool isHolding = true;
    private static StatusContext? status;

    public static bool IsVerbose { get; set; }

    /// <summary>Runs the story; on a terminal its last line says what is being done.</summary>
    public static Task<bool> TellAsync(Func<Task<bool>> story)
    {
        Terminal.Profile.Width = IsPlain ? Columns : Math.Min(Columns, Terminal.Profile.Width);

        return IsPlain || !Terminal.Profile.Capabilities.Ansi
            ? story()
            : Terminal.Status().StartAsync("Customers subscribe", context =>
            {
                status = context;

                return story();
            });
    }

    public static string Time(DateTimeOffset at) => $"{at:yyyy-MM-dd HH:mm:ss zzz}";

    /// <summary>What is being done, at which business time; shown on a terminal only.</summary>
    public static void Doing(string text) => status?.Status(Markup.Escape(text));

    public static void Chapter(string title)
    {
        if (!isHolding || IsVerbose || Held.Count > 0)
        {
            Step(new Text(" "));
        }

        Step(new Text(title, new Style(decoration: Decoration.Bold)));
    }

    public static void Line(string text) => Step(Marked("", Color.Default, text));

    /// <summary>Only with --verbose.</summary>
    public static void Detail(string text)
    {
        if (IsVerbose)
        {
            Line(text);
        }
    }

    public static void Tick(string promise) => Step(Marked("✓ ", Color.Green, promise));

    public static void Cross(string promise, string otherwise) =>
        Step(Marked("✗ ", Color.Red, $"{promise} - not so: {otherwise}"));

    public static void Rows(IReadOnlyList<string> headers, IEnumerable<IReadOnlyList<string>> rows)
    {
        var table = new Spectre.Console.Table().NoBorder()
            .AddColumns([.. headers.Select(header => new TableColumn(new Text(header)).Padding(0, 0, 2, 0))]);

        foreach (var row in rows)
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        Step(new Padder(table, new Padding(2, 0, 0, 0)));
    }

    /// <summary>A line of the table of months.</summary>
    public static void Month(string line) => Show(new Text($"  {line}"), isHeld: IsVerbose);

    /// <summary>Shows what was held; nothing is held from now on.</summary>
    public static void Release()
    {
        isHolding = false;

        if (Held.Count > 0)
        {
            Write(new Text(" "));
        }

        Held.ForEach(Write);
        Held.Clear();
    }

    private static void Step(IRenderable step) => Show(step, isHeld: !IsVerbose);

    private static void Show(IRenderable it, bool isHeld)
    {
        if (isHeld && isHolding)
        {
            Held.Add(it);
        }
        else
        {
            Write(it);
        }
    }

    // What does not fit goes on in the next line, under the first word.
    private static Grid Marked(string mark, Color colour, string text) =>
        new Grid().AddColumn(new GridColumn { Width = 2 + mark.Length, Padding = new Padding(0) })
            .AddColumn(new GridColumn { Padding = new Padding(0) })
            .AddRow(new Text($"  {mark}", new Style(colour)), new Text(text));

    private static void Write(IRenderable it)
    {
        if (!IsPlain)
        {
            Terminal.Write(new Rows(it));
            return;
        }

        foreach (var line in Segment.SplitLines(it.Render(RenderOptions.Create(Terminal), Columns)))
        {
            Console.WriteLine(string.Concat(line.Select(segment => segment.Text)).TrimEnd());
        }
    }
}
