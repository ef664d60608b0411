using Billing.Sandbox.Calls;
using Billing.Sandbox.Clock;
using Billing.Sandbox.Console;
using Billing.Sandbox.Disputes;
using Billing.Sandbox.Ledger;
using Billing.Sandbox.Misbehaving;
using Billing.Sandbox.Notifying;
using Billing.Sandbox.Payments;
using Billing.Sandbox.Pipeline;
using Billing.Sandbox.Preapprovals;
using Billing.Sandbox.Refunds;
using Billing.Sandbox.Settings;
using Billing.Sandbox.State;
using Billing.Sandbox.Timing;
using Billing.Sandbox.Tools;

namespace Billing.Sandbox;

/// <summary>What the simulator is made of: one of each, behind one lock.</summary>
internal static class Composition
{
    public static void AddSandbox(this IServiceCollection services)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<Lock>();
        services.AddSingleton<Journal>();
        services.AddSingleton<Methods>();
        services.AddSingleton<Credentials>();
        services.AddSingleton<Misbehaviour>();
        services.AddSingleton<AnotherPayment>();
        services.AddSingleton<GatewayCalls>();
        services.AddSingleton<PreapprovalShape>();
        services.AddSingleton<PaymentShape>();
        services.AddSingleton<MissingPreapproval>();
        services.AddSingleton<Approving>();
        services.AddSingleton<Settlement>();
        services.AddSingleton<DueChanges>();
        services.AddSingleton<AuthorizedPayments>();
        services.AddSingleton<RefundShape>();
        services.AddSingleton<RefundCalls>();
        services.AddSingleton<RefundLevers>();
        services.AddSingleton<Refunding>();
        services.AddSingleton<Disputing>();
        services.AddSingleton<Reversing>();
        services.AddSingleton<PaymentLever>();
        services.AddSingleton<Fixtures>();
        services.AddSingleton<Levers>();
        services.AddSingleton<Buttons>();
        services.AddSingleton<ConsoleReader>();

        services.AddMemory<SandboxClock>();
        services.AddMemory<Store>();
        services.AddMemory<Numbers>();
        services.AddMemory<ChargeLedger>();
        services.AddMemory<LateChanges>();
        services.AddMemory<RefundBook>();
        services.AddMemory<RefundTypes>();
        services.AddMemory<DisputeBook>();
        services.AddSingleton<NotificationSubjects>();
        services.AddMemory<Notifications>();
        services.AddMemory<Scenarios>();
        services.AddMemory<Repeats>();

        services.AddSingleton<CreatePreapproval>();
        services.AddSingleton<ListPreapprovals>();
        services.AddSingleton<ReadPreapproval>();
        services.AddSingleton<ChangePreapproval>();
        services.AddSingleton<ClosePreapproval>();
        services.AddSingleton<ListPreapprovalPayments>();
        services.AddSingleton<ChargePreapproval>();
        services.AddSingleton<FindPayments>();
        services.AddSingleton<ReadPayment>();
        services.AddSingleton<CapturePayment>();
        services.AddSingleton<CancelPayment>();
        services.AddSingleton<CreateRefund>();
        services.AddSingleton<ListRefunds>();
        services.AddSingleton<ReadRefund>();
        services.AddSingleton<ReadRefundTypes>();

        services.AddSingleton<DueWork>();
        services.AddHostedService(s => s.GetRequiredService<DueWork>());
        services.AddHostedService<NotificationSender>();
    }

    private static void AddMemory<T>(this IServiceCollection services)
        where T : class, IRemembered
    {
        services.AddSingleton<T>();
        services.AddSingleton<IRemembered>(s => s.GetRequiredService<T>());
    }
}
