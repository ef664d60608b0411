namespace Billing.Api.Hosting;

/// <summary>Wrong configuration: stops the start with one sentence that names the setting.</summary>
public sealed class SettingException(string setting, string problem) : Exception($"Setting {setting} {problem}")
{
    public string Setting { get; } = setting;
}
