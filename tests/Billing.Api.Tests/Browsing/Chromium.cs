using System.Diagnostics;
using Microsoft.Playwright;

namespace Billing.Api.Tests.Browsing;

/// <summary>The installed Chromium, headless, driven by Playwright. It reaches loopback only.</summary>
public sealed class Chromium : IAsyncDisposable
{
    private static readonly Lazy<string?> Found = new(Find);

    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync",
        "--no-proxy-server", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    ];

    private readonly IPlaywright playwright;

    private Chromium(IPlaywright playwright, IBrowser browser) => (this.playwright, Browser) = (playwright, browser);

    /// <summary>Null when this machine has none; <c>./billing test</c> installs it where that is allowed.</summary>
    public static string? Path => Found.Value;

    public IBrowser Browser { get; }

    /// <summary>With a profile of its own, which is gone when it is disposed.</summary>
    public static async Task<Chromium> StartAsync()
    {
        var playwright = await Playwright.CreateAsync();

        return new Chromium(
            playwright,
            await playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = Path, Headless = true, Args = Arguments, Timeout = 90_000 }));
    }

    /// <summary>A visitor without history.</summary>
    public async Task<IPage> VisitorAsync(bool runsScripts = false)
    {
        var visitor = await Browser.NewContextAsync(new() { JavaScriptEnabled = runsScripts });
        visitor.SetDefaultTimeout(60_000);

        return await visitor.NewPageAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
    }

    private static string? Find()
    {
        var path = Environment.GetEnvironmentVariable("BILLING_TEST_CHROMIUM") is { Length: > 0 } given
            ? given
            : "/usr/bin/chromium";

        if (!File.Exists(path))
        {
            return null;
        }

        using var asked = Process.Start(
            new ProcessStartInfo(path, "--version") { RedirectStandardOutput = true, RedirectStandardError = true })!;
        asked.ErrorDataReceived += (_, _) => { };
        asked.BeginErrorReadLine();
        var reply = asked.StandardOutput.ReadToEnd();
        asked.WaitForExit();

        return reply.StartsWith("Chromium ", StringComparison.Ordinal) ? path : null;
    }
}
