namespace Billing.Api.Hosting.Outbound;

/// <summary>Identifies this run of the process. Only the process that committed an intent may send it.</summary>
public static class ProcessIdentity
{
    public static Guid Current { get; } = Guid.CreateVersion7();
}
