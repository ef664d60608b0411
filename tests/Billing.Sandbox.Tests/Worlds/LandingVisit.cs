using System.Net;

namespace Billing.Sandbox.Tests.Worlds;

/// <summary>One customer's way through the landing pages, as the forms of a browser without script send it.</summary>
public sealed class LandingVisit(World world, string redirect, int id)
{
    private const string Form = "application/x-www-form-urlencoded";

    public static async Task<LandingVisit> OfAsync(
        World world, int method, string currency = "null", string country = "BR",
        string description = "1 year subscription")
    {
        var created = (await world.PostAsync(
            "/v1/preapprovals", A.Preapproval($"p{method}", method, currency, country, description))).Preapproval;
        return new LandingVisit(world, created.Text("RedirectURL")!, created.Int("ID"));
    }

    public Task<Reply> ShowAsync() => world.ToolAsync(HttpMethod.Get, redirect);

    /// <param name="form">As a browser encodes it: decision=continue&amp;step=0&amp;code=123456.</param>
    public Task<Reply> SendAsync(string form) => world.ToolAsync(HttpMethod.Post, redirect, form, Form);

    public async Task<int> StatusAsync() =>
        (await world.GetAsync($"/v1/preapprovals/{id}")).Preapproval.GetProperty("Status").Int("ID");

    /// <summary>Refused with this sentence, and nothing has changed.</summary>
    public async Task RefusesAsync(string form, string complaint)
    {
        var reply = await SendAsync(form);
        Assert.Equal(HttpStatusCode.UnprocessableEntity, reply.Status);
        Assert.Contains(complaint, WebUtility.HtmlDecode(reply.Text), StringComparison.Ordinal);
        Assert.Equal(1, await StatusAsync());
    }
}
