using System.Globalization;

namespace Billing.Sandbox;

/// <summary>What came of a button; travels in the address as a word and an id, so that nobody can put sentences into our mouth.</summary>
internal sealed record Notice(Said Said, int Id)
{
    /// <summary>To be added to a view's query.</summary>
    public string Query => string.Create(CultureInfo.InvariantCulture, $"&said={Said.ToString().ToLowerInvariant()}&id={Id}");

    public bool IsBad => Said is Said.Gone or Said.Late or Said.NoDuration;

    public string Sentence => Said switch
    {
        Said.Approved => $"Preapproval {Id} is approved, and the merchant is being told.",
        Said.Refused => $"Preapproval {Id} was refused. It stays Pending, because the gateway has no status for that, and nobody is told.",
        Said.Closed => $"Preapproval {Id} is closed by its customer, and the merchant is being told.",
        Said.Reversed => $"Payment {Id} is reversed, and the merchant is being told.",
        Said.Disputed => $"Payment {Id} is disputed, and the merchant is being told.",
        Said.Resent => $"Notification {Id} is being sent again.",
        Said.Moved => "The clock was moved. What fell due is being done.",
        Said.NoDuration => "Nothing was changed: that is no duration. Write for example P1M, P3D or PT6H.",
        Said.Late => $"Nothing was changed: the status of {Id} does not allow it any more.",
        _ => $"Nothing was changed: there is no {Id}.",
    };

    public static Notice? Of(HttpRequest request) =>
        Enum.TryParse<Said>(request.Query["said"], ignoreCase: true, out var said) && Enum.IsDefined(said)
            ? new Notice(said, int.TryParse(request.Query["id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            : null;
}

internal enum Said
{
    Approved,
    Refused,
    Closed,
    Reversed,
    Disputed,
    Resent,
    Moved,
    NoDuration,

    /// <summary>The row has another status by now than the page showed.</summary>
    Late,
    Gone,
}
