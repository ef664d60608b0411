using System.Text.Json;

namespace Billing.Sandbox.Tests.Worlds;

internal static class JsonReading
{
    public static int Int(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    public static string? Text(this JsonElement element, string name) => element.GetProperty(name).GetString();
}
