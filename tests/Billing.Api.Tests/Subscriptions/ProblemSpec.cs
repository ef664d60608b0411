using System.Net;
using System.Text.Json.Nodes;

namespace Billing.Api.Tests.Subscriptions;

/// <summary>How our own paths say no.</summary>
internal static class ProblemSpec
{
    /// <summary>application/problem+json with status, a code for machines and a sentence for people.</summary>
    public static async Task<JsonNode> IsProblem(this HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {text}");
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
        var problem = JsonNode.Parse(text)!;
        Assert.Equal(((int)status, code), ((int)problem["status"]!, (string)problem["code"]!));
        Assert.Contains(' ', (string)problem["detail"]!);
        Assert.DoesNotContain("   at ", text, StringComparison.Ordinal);

        return problem;
    }
}
