using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Billing.Audit.Sealing;

namespace Billing.Api.Hosting.Sealing;

/// <summary>Section <c>Sealing</c>: the keys of personal data.</summary>
public sealed class SealingOptions
{
    [Description("Wraps the keys that encrypt personal data.")]
    [DefaultValue("none, required"), DataType("32 bytes, base64"), KeyText]
    [Required(ErrorMessage =
        "is missing: 32 random bytes in base64, for example from `openssl rand -base64 32`. Keep it apart from "
        + "the database and never lose it.")]
    public string? MasterKey { get; set; }

    [Description(
        "Key of the hash by which subscriptions are found by e-mail; finds only what was written since it was set.")]
    [DefaultValue("none: no search by e-mail"), DataType("32 bytes, base64"), KeyText]
    public string? IndexKey { get; set; }

    public MasterKey ToMasterKey() => new(Convert.FromBase64String(MasterKey!));

    /// <summary>A key in base64.</summary>
    private sealed class KeyTextAttribute() : ValidationAttribute("must be exactly 32 bytes in base64.")
    {
        private const int Bytes = 32;

        public override bool IsValid(object? value) =>
            value is string text && Convert.TryFromBase64String(text, new byte[Bytes], out var length)
            && length == Bytes;
    }
}
