namespace Billing.Api.Hosting.Outbound;

/// <summary>Tells this run of the process from every other. Only the process that committed an intent may send it.</summary>
public static class ProcessIdentity
{
    public static Guid Current { get; } = Guid.CreateVersion7();
}
