using System.Globalization;

namespace Billing.Api.Attention;

/// <summary>The commands and calls that settle an item, with its ids filled in.</summary>
public static class Settling
{
    private const string Signed = "--by WHO --why TEXT --evidence TEXT";
    private const string Plain = "._/-";

    /// <summary>An operator settles a charge, refund, create, change or close.</summary>
    /// <param name="command">resolve, resolve-refund or resolve-mandate.</param>
    /// <param name="more">More options.</param>
    public static string Resolve(string command, string id, string outcome, string site, string more = "") =>
        $"./billing operator {command} {Word(id)} {outcome}{more} --site {site} {Signed}";

    /// <summary>Imports what only the gateway has, and asks again about creates, changes and closes.</summary>
    public static string Recover(string site) => $"./billing operator recover --site {site} --by WHO";

    /// <summary>Compares with the gateway, and applies what it says for certain.</summary>
    public static string Compare(string site) => $"./billing audit drift --site {site} --heal";

    public static string Replay(string site, string notification) =>
        $"./billing notifications replay {notification} --site {site}";

    public static string Dismiss(string site, string notification) =>
        $"./billing notifications dismiss {notification} --site {site} --by WHO";

    /// <summary>A call of the API with the body that it takes.</summary>
    public static string Call(string call, string body = "") => body.Length == 0 ? call : $"{call} {body}";

    /// <summary>A time for a sentence, in UTC.</summary>
    public static string At(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    // As a shell reads it.
    private static string Word(string text) => text.All(c => char.IsAsciiLetterOrDigit(c) || Plain.Contains(c))
        ? text
        : $"'{text.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
