namespace Billing.Api.Notifications;

/// <summary>Why the gateway has not confirmed a notification, and how often it is asked again.</summary>
public static class Unverified
{
    /// <summary>The gateway could not be asked. It is asked again without a limit.</summary>
    public const string NotAsked = "unconfirmed_not_asked";

    /// <summary>The gateway does not have it.</summary>
    public const string NotFound = "unconfirmed_not_found";

    /// <summary>The gateway shows a lower status than the notification.</summary>
    public const string SaysLess = "unconfirmed_says_less";

    /// <summary>The gateway was asked often enough: an operator has to look.</summary>
    public const string Ends = "mismatch_not_confirmed";

    /// <summary>Real time between two questions, by the number of tries. Lists of the gateway may lag.</summary>
    public static readonly TimeSpan[] Waits =
    [
        TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5),
        TimeSpan.FromMinutes(20), TimeSpan.FromHours(1), TimeSpan.FromHours(1), TimeSpan.FromHours(1),
    ];

    public static bool IsAskedAgain(string reason) => reason is NotAsked or NotFound or SaysLess;
}
