using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Billing.Api.Tests.Specs;
using Microsoft.Playwright;

namespace Billing.Api.Tests.Browsing;

/// <summary>One installation, one shop and one browser, shared by stories that have customers of their own.</summary>
public sealed class BrowsedWorld : OneWorld
{
    public const string Name = "browsed";

    public Chromium Chromium { get; private set; } = null!;

    public Shop Shop { get; private set; } = null!;

    public Uri Console => new(World.Sandbox.Address, "sandbox");

    public override async Task InitializeAsync()
    {
        await base.InitializeAsync();
        (Shop, Chromium) = (await Shop.StartAsync(), await Chromium.StartAsync());
    }

    public override async Task DisposeAsync()
    {
        await Chromium.DisposeAsync();
        await Shop.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>Subscribes at the storefront; returns the subscriber and a browser at its RedirectURL.</summary>
    public async Task<(Subscriber Subscriber, IPage Page)> LandAsync(
        int methodId, string currency, string country, JsonObject? customer = null, bool runsScripts = false)
    {
        var (subscriber, redirect) = await SubscribeAsync(methodId, currency, country, customer);
        var page = await Chromium.VisitorAsync(runsScripts);
        await page.GotoAsync(redirect);

        return (subscriber, page);
    }

    /// <summary>The console, looking for one customer's rows.</summary>
    public async Task<IPage> LookAsync(string view, string search, bool runsScripts = false)
    {
        var page = await Chromium.VisitorAsync(runsScripts);
        await page.GotoAsync($"{Console}?view={view}&q={search}");

        return page;
    }

    public async Task<(Subscriber Subscriber, string RedirectUrl)> SubscribeAsync(
        int methodId, string currency, string country, JsonObject? customer = null)
    {
        var name = $"sub-{Guid.NewGuid():N}";
        var request = Subscriber.Request(name, methodId, Subscriber.Schedule(currency: currency));
        var preapproval = request["Preapproval"]!;
        preapproval["Currency"] = currency;
        preapproval["ReturnURL"] = $"{Shop.Url}/back?order=7";
        preapproval["BillingAddress"]!["Country"] = country;
        preapproval["Customer"] = customer ?? preapproval["Customer"]!.DeepClone();
        using var answer = await World.Storefront.PostAsJsonAsync("v1/preapprovals", request);
        var created = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["Preapproval"]!;
        var view = JsonNode.Parse(await World.Storefront.GetStringAsync(
            $"v1/subscriptions?merchantPreapprovalId={name}"))!["subscriptions"]![0]!;

        return (new Subscriber(World, (int)created["ID"]!, (Guid)view["id"]!, name), (string)created["RedirectURL"]!);
    }
}

[CollectionDefinition(BrowsedWorld.Name)]
public sealed class BrowsedCollection : ICollectionFixture<BrowsedWorld>;
