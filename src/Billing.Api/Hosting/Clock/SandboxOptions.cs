using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Billing.Gateway;

namespace Billing.Api.Hosting.Clock;

/// <summary>Section <c>Sandbox</c>, as far as it is not the simulator's.</summary>
public sealed class SandboxOptions : IValidatableObject
{
    [Description("Sandbox mode: business time follows the simulator's clock. Needs a loopback gateway.")]
    public bool Enabled { get; set; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        var gateway = validationContext.GetRequiredService<GatewayOptions>();

        if (Enabled && gateway is { BaseAddress: { }, Address.IsLoopback: false })
        {
            yield return new(
                "needs a gateway on this machine: Gateway__BaseAddress is not a loopback address.", [nameof(Enabled)]);
        }
    }
}
