using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Billing.Bench.Gateway;

/// <summary>A floor: bare Kestrel that reads the body and answers with a constant, in a process of its own.</summary>
internal static class ConstantServer
{
    public const string Verb = "constant-server";

    /// <param name="args">The verb, the bytes of the answer's body, and optionally its status; 201 otherwise.</param>
    public static async Task RunAsync(string[] args)
    {
        var body = new byte[int.Parse(args[1], CultureInfo.InvariantCulture)];
        Array.Fill(body, (byte)' ');
        var status = int.TryParse(args[2], CultureInfo.InvariantCulture, out var given) ? given : 201;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(args[^1]);
        var app = builder.Build();
        app.Run(async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            http.Response.StatusCode = http.Request.Method == HttpMethods.Get ? 200 : status;

            if (body.Length > 0)
            {
                http.Response.ContentType = "application/json; charset=utf-8";
                http.Response.ContentLength = body.Length;
                await http.Response.Body.WriteAsync(body);
            }
        });
        await app.RunAsync();
    }
}
