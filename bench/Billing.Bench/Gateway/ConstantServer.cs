using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Bench.Gateway;

/// <summary>The floor: bare Kestrel that reads the body and answers a constant 201 of the same size, or another status, run by this program as a process of its own.</summary>
internal static class ConstantServer
{
    public const string Verb = "constant-server";

    public static async Task RunAsync(string[] args)
    {
        var body = new byte[int.Parse(args[1], System.Globalization.CultureInfo.InvariantCulture)];
        Array.Fill(body, (byte)' ');
        var status = int.TryParse(args[2], System.Globalization.CultureInfo.InvariantCulture, out var other) ? other : 201;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(args[^1]);
        var app = builder.Build();
        app.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.StatusCode = http.Request.Method == HttpMethods.Get ? 200 : status;
            if (body.Length == 0)
            {
                return;
            }

            http.Response.ContentType = "application/json; charset=utf-8";
            http.Response.ContentLength = body.Length;
            await http.Response.Body.WriteAsync(body);
        });
        await app.RunAsync();
    }
}
