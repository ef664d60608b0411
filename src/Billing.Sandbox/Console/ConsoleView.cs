using System.Globalization;

namespace Billing.Sandbox.Console;

internal enum ConsoleSection
{
    Overview,
    Preapprovals,
    Payments,
    Notifications,
}

/// <summary>
/// Which table is shown, from where, and which rows. It is in the address, so that it can be reloaded.
/// </summary>
/// <param name="Before">Rows with smaller ids only.</param>
/// <param name="Search">An id, the beginning of a merchant's id, or part of an e-mail address.</param>
internal sealed record ConsoleView(ConsoleSection Section, int? Before = null, string Search = "")
{
    private const int RowsOfOverview = 8;
    private const int RowsOfPage = 50;

    public int Rows => Section is ConsoleSection.Overview ? RowsOfOverview : RowsOfPage;

    public string Address => "/sandbox" + Query;

    /// <summary>Begins with ? and can be added to with &amp;.</summary>
    public string Query => string.Create(
        CultureInfo.InvariantCulture,
        $"?view={Section.ToString().ToLowerInvariant()}{(Before is { } id ? $"&before={id}" : "")}"
        + $"{(Search.Length == 0 ? "" : $"&q={Uri.EscapeDataString(Search)}")}");

    public static ConsoleView Of(HttpRequest request) => new(
        Enum.TryParse<ConsoleSection>(request.Query["view"], ignoreCase: true, out var section)
            && Enum.IsDefined(section)
            ? section
            : ConsoleSection.Overview,
        int.TryParse(request.Query["before"], NumberStyles.None, CultureInfo.InvariantCulture, out var before)
            ? before
            : null,
        request.Query["q"].ToString().Trim());

    /// <summary>Whether a table is part of this view.</summary>
    public bool Shows(ConsoleSection section) => Section is ConsoleSection.Overview || Section == section;

    public bool Finds(int id, string? merchantId, string? email) =>
        Search.Length == 0
        || id.ToString(CultureInfo.InvariantCulture) == Search
        || (merchantId?.StartsWith(Search, StringComparison.Ordinal) ?? false)
        || (email?.Contains(Search, StringComparison.OrdinalIgnoreCase) ?? false);
}
