using System.Globalization;

namespace Billing.Sandbox.Console;

/// <summary>
/// The result of a button. Its address has a word and an id only, so that a link cannot show other sentences.
/// </summary>
internal sealed record Notice(ButtonResult Result, int Id)
{
    /// <summary>To be added to a view's query.</summary>
    public string Query =>
        string.Create(CultureInfo.InvariantCulture, $"&said={Result.ToString().ToLowerInvariant()}&id={Id}");

    public bool IsBad => Result is ButtonResult.Gone or ButtonResult.Late or ButtonResult.NoDuration;

    public string Sentence => Result switch
    {
        ButtonResult.Approved => $"Preapproval {Id} is approved, and the merchant is being notified.",
        ButtonResult.Refused => $"Preapproval {Id} was refused. It stays Pending, because the gateway has no status "
            + "for that, and sends no notification.",
        ButtonResult.Closed => $"Preapproval {Id} is closed by its customer, and the merchant is being notified.",
        ButtonResult.Reversed => $"Payment {Id} is reversed, and the merchant is being notified.",
        ButtonResult.Disputed => $"Payment {Id} is disputed, and the merchant is being notified.",
        ButtonResult.Resent => $"Notification {Id} is being sent again.",
        ButtonResult.Moved => "The clock was moved. What fell due is being done.",
        ButtonResult.NoDuration => "Nothing was changed: that is no duration. Write for example P1M, P3D or PT6H.",
        ButtonResult.Late => $"Nothing was changed: the status of {Id} does not allow it any more.",
        _ => $"Nothing was changed: there is no {Id}.",
    };

    public static Notice? Of(HttpRequest request) =>
        Enum.TryParse<ButtonResult>(request.Query["said"], ignoreCase: true, out var result) && Enum.IsDefined(result)
            ? new Notice(
                result,
                int.TryParse(request.Query["id"], NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
            : null;
}

internal enum ButtonResult
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
