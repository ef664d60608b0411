using System.Globalization;
using Billing.Domain.Profiles;

namespace Billing.Api.Attention.Kinds;

/// <summary>Subscriptions of methods whose profile sets a limit to the mandate.</summary>
public abstract class MandateLimitKind(AttentionRows rows, MethodProfiles profiles) : SqlAttentionKind(rows)
{
    /// <summary>Since when it waits.</summary>
    protected abstract string Column { get; }

    /// <summary>Conditions for rows; a row fulfils at most one of them.</summary>
    protected abstract IEnumerable<string> Conditions { get; }

    /// <summary>All but the given methods, also those that are in no profile.</summary>
    protected string AllBut(Func<MethodProfile, bool> others) => string.Create(
        CultureInfo.InvariantCulture,
        $"d.terms_method_id <> all ('{{{string.Join(',', profiles.All.Where(others).Select(one => one.MethodId))}}}')");

    /// <summary>A condition for each of the given methods, so that each is a range of the index.</summary>
    protected IEnumerable<string> Each(Func<MethodProfile, bool> chosen, Func<MethodProfile, string> and) =>
        profiles.All.Where(chosen).Select(profile => string.Create(
            CultureInfo.InvariantCulture, $"d.terms_method_id = {profile.MethodId} {and(profile)}"));

    public sealed override string Rows(string schema) => string.Join(
        "\nunion all\n",
        Conditions.DefaultIfEmpty("false")
            .Select(condition => $"{Select(schema)} where d.{Column} is not null and {condition}"));

    private string Select(string schema) =>
        $"""
        select d.tenant_id as site, d.{Column} as since, d.id::text as key, d.id as subscription_id,
            d.terms_method_id::text as method, d.data #>> '{"{Gateway,PreapprovalId}"}' as gateway_id,
            d.data #>> '{"{Gateway,Frequency}"}' as frequency,
            d.data #>> '{"{Schedule,Amount,Minor}"}' as amount, d.data #>> '{"{Schedule,Amount,Currency}"}' as currency
        from {schema}.mt_doc_subscription d
        """;
}
