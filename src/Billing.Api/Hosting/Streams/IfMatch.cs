using Billing.Domain;
using Billing.Domain.Preapprovals;
using Microsoft.Net.Http.Headers;

namespace Billing.Api.Hosting.Streams;

/// <summary>The condition of a change: the version of a preapproval that its caller has read.</summary>
/// <remarks>The ETag of a preapproval is the version of its stream: of two editors of one version, one wins.</remarks>
public sealed class IfMatch
{
    /// <summary>The code of the refusal, answered 412.</summary>
    public const string Code = "precondition_failed";

    private readonly HashSet<string> tags;
    private readonly bool isAny;

    private IfMatch(IReadOnlyCollection<EntityTagHeaderValue> given)
    {
        isAny = given.Count == 1 && given.First().Equals(EntityTagHeaderValue.Any);
        tags = [.. given.Where(tag => !tag.IsWeak).Select(tag => tag.Tag.ToString())];
    }

    /// <summary>Reads the header If-Match.</summary>
    /// <remarks>A weak tag matches no version, and neither does a header that cannot be read in full.</remarks>
    /// <returns>Null where the request has no such header.</returns>
    public static IfMatch? Of(HttpRequest request)
    {
        var given = request.Headers.IfMatch;

        if (given.Count == 0)
        {
            return null;
        }

        return EntityTagHeaderValue.TryParseStrictList([.. given.OfType<string>()], out var read)
            ? new IfMatch([.. read])
            : new IfMatch([]);
    }

    /// <summary>Shows the version as the strong ETag of an answer; 0: it is not known.</summary>
    public static void ShowETag(HttpResponse response, long version)
    {
        if (version > 0)
        {
            response.Headers.ETag = TagOf(version);
        }
    }

    /// <summary>Applies a rule under the lock of its stream, if the version there is the one that was read.</summary>
    /// <param name="condition">Null: none.</param>
    /// <param name="version">Of the stream; 0: there is no such stream.</param>
    /// <returns>
    /// Nothing, too, where the version is another one and the rule finds its work done: a repeat overwrites nothing.
    /// </returns>
    /// <exception cref="RuleViolation">precondition_failed, or what the rule refuses.</exception>
    public static IReadOnlyList<PreapprovalEvent> Apply(
        IfMatch? condition, long version, Func<IReadOnlyList<PreapprovalEvent>> rule) =>
        condition is null || condition.IsMetBy(version) ? rule()
        : IsDone(rule) ? []
        : throw new RuleViolation(
            Code,
            "Precondition failed: this subscription has changed since it was read. Read it again, apply your change to "
            + "what you read, and send the ETag of that answer as If-Match.");

    private bool IsMetBy(long version) => version > 0 && (isAny || tags.Contains(TagOf(version)));

    private static string TagOf(long version) => $"\"{version}\"";

    private static bool IsDone(Func<IReadOnlyList<PreapprovalEvent>> rule)
    {
        try
        {
            return rule().Count == 0;
        }
        catch (RuleViolation)
        {
            return false;
        }
    }
}
