using Billing.Api.Abandoning;
using Billing.Api.Changing;
using Billing.Api.Charging;
using Billing.Api.Closing;
using Billing.Api.Comparing;
using Billing.Api.Notifying;
using Billing.Api.Pausing;
using Billing.Api.Recovering;
using Billing.Api.Refunding;
using Billing.Api.Resolving;
using Billing.Api.Sites;
using Billing.Api.Skipping;
using Billing.Api.Subscribing;
using Billing.Domain;
using Billing.Domain.Gateway;
using Billing.Domain.Preapprovals;
using Billing.EventStore;
using Billing.Messaging;

namespace Billing.Api;

/// <summary>Table of contents: which command is done by whom. The names stand in rows and are never changed.</summary>
public static class Handlers
{
    public static HandlerMap Map(IServiceProvider services)
    {
        var settings = services.GetRequiredService<Settings>();
        var (sites, lookUps) = (services.GetRequiredService<SiteRegister>(), settings.LookUps);

        // Network handlers need the bus, which needs this map: they are looked up when the first message comes.
        T The<T>() where T : notnull => services.GetRequiredService<T>();

        return new HandlerMap()
            .Final(exception => exception is RuleViolation)

            // Subscribing
            .Invoked<RequestPreapproval, Preapproval>(c => new(c.Tenant, c.PreapprovalId), SubscribeCustomerHandler.Handle)
            .Handle("register_preapproval", MessageJson.Default.RegisterPreapproval, (c, d, ct) => The<RegisterPreapprovalHandler>().Handle(c, d, ct), (c, _) => Dead(c), c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordCreate, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => SubscribeCustomerHandler.Handle(c, it, lookUps, sites, now))

            // Abandoning
            .Handle("abandon_preapproval", MessageJson.Default.AbandonPreapproval, (c, _, ct) => The<AbandonPreapprovalHandler>().Handle(c, ct), null, c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordAbandonment, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordAbandonmentHandler.Handle(c, it, sites, now))

            // Changing
            .Invoked<RequestChange, Preapproval>(c => new(c.Tenant, c.PreapprovalId), ChangePreapprovalHandler.Handle)
            .Handle("submit_change", MessageJson.Default.SubmitChange, (c, d, ct) => The<SubmitChangeHandler>().Handle(c, d, ct), (c, _) => Dead(c), c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordChange, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => ChangePreapprovalHandler.Handle(c, it, lookUps, sites, now))

            // Closing
            .Handle("submit_close", MessageJson.Default.SubmitClose, (c, d, ct) => The<SubmitCloseHandler>().Handle(c, d, ct), (c, _) => Dead(c), c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordClose, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordCloseHandler.Handle(c, it, lookUps, now))

            // Pausing
            .Invoked<PauseSchedule, Preapproval>(c => new(c.Tenant, c.PreapprovalId), PauseScheduleHandler.Handle)
            .Invoked<ResumeSchedule, Preapproval>(c => new(c.Tenant, c.PreapprovalId), PauseScheduleHandler.Handle)

            // Skipping
            .Invoked<SkipPeriod, Preapproval>(c => new(c.Tenant, c.PreapprovalId), SkipPeriodHandler.Handle)
            .Invoked<ReinstatePeriod, Preapproval>(c => new(c.Tenant, c.PreapprovalId), SkipPeriodHandler.Handle)

            // Charging
            .Aggregate<ChargeDue, Preapproval>("charge_due", MessageJson.Default.ChargeDue, c => new(c.Tenant, c.PreapprovalId), (c, it, now) => ChargeDueHandler.Handle(c, it, lookUps.Profiles, now))
            .Handle("submit_charge", MessageJson.Default.SubmitCharge, (c, d, ct) => The<SubmitChargeHandler>().Handle(c, d, ct), Dead, c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordOutcome, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordOutcomeHandler.Handle(c, it, lookUps, now))
            .Invoked<StopSubmission, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordOutcomeHandler.Handle(c, it, lookUps, now))
            .Invoked<WithdrawRetry, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordOutcomeHandler.Handle(c, it, lookUps, now))

            // Resolving: a look-up that dies counts like one that told nothing, so that it ends with an owner.
            .Handle("look_up_charge", MessageJson.Default.LookUpCharge, (c, d, ct) => The<LookUpChargeHandler>().Handle(c, d, ct), Dead, c => new(c.Tenant, c.PreapprovalId))
            .Handle("look_up_mandate", MessageJson.Default.LookUpMandate, (c, d, ct) => The<LookUpMandateHandler>().Handle(c, d, ct), (c, _) => new MandateLookUpFailed(c.Tenant, c.PreapprovalId), c => new(c.Tenant, c.PreapprovalId))
            .Invoked<MandateLookUpFailed, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => MandateLookUpFailedHandler.Handle(c, it, lookUps, now))

            // Refunding
            .Handle("submit_refund", MessageJson.Default.SubmitRefund, (c, d, ct) => The<SubmitRefundHandler>().Handle(c, d, ct), Dead, c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordRefund, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordRefundHandler.Handle(c, it, lookUps, now))
            .Handle("look_up_refund", MessageJson.Default.LookUpRefund, (c, d, ct) => The<LookUpRefundHandler>().Handle(c, d, ct), Dead, c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordForeignRefund, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordForeignRefundHandler.Handle(c, it, lookUps, now))
            .Handle("read_afterwards", MessageJson.Default.ReadAfterwards, (c, d, ct) => The<ReadAfterwardsHandler>().Handle(c, d, ct), null, c => new(c.Tenant, c.PreapprovalId))
            .Invoked<RecordAfterwards, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RecordAfterwardsHandler.Handle(c, it, lookUps, now))
            .Aggregate<RefundPaidTwice, Preapproval>("refund_paid_twice", MessageJson.Default.RefundPaidTwice, c => new(c.Tenant, c.PreapprovalId), (c, it, now) => RefundPaidTwiceHandler.Handle(c, it, settings.RefundPaidTwice, now))

            // Comparing
            .Invoked<CompareMandate, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => CompareHandler.Handle(c, it, sites, now))
            .Invoked<CompareCharge, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => CompareHandler.Handle(c, it, lookUps, now))

            // Notifying
            .Handle("apply_notification", MessageJson.Default.ApplyNotification, (c, d, ct) => The<ApplyNotificationHandler>().Handle(c, d, ct), null, c => new(c.Tenant, c.NotificationId))
            .Invoked<RecordMandateNews, Preapproval>(c => new(c.Match.Tenant, c.Match.PreapprovalId), (c, it, now) => RecordNewsHandler.Handle(c, it, sites, now))
            .Invoked<RecordPaymentNews, Preapproval>(c => new(c.Match.Tenant, c.Match.PreapprovalId), (c, it, now) => RecordNewsHandler.Handle(c, it, lookUps, now))
            .Invoked<RecordRefundNews, Preapproval>(c => new(c.Match.Tenant, c.Match.PreapprovalId), (c, it, now) => RefundNewsHandler.Handle(c, it, lookUps, now))
            .Invoked<RecordDisputeNews, Preapproval>(c => new(c.Match.Tenant, c.Match.PreapprovalId), (c, it, now) => RefundNewsHandler.Handle(c, it, now))
            .Handle("match_notification", MessageJson.Default.MatchNotification, (c, _, ct) => The<MatchNotificationHandler>().Handle(c, ct), null, c => new(c.Tenant, c.NotificationId))

            // Recovering, operating
            .Invoked<RecoverPreapproval, Preapproval>(c => new(c.Tenant, c.PreapprovalId), RecoverPreapprovalHandler.Handle)
            .Invoked<ResolveByOperator, Preapproval>(c => new(c.Tenant, c.PreapprovalId), (c, it, now) => ResolveByOperatorHandler.Handle(c, it, lookUps.Profiles, now))
            .Invoked<ResolveRefundByOperator, Preapproval>(c => new(c.Tenant, c.PreapprovalId), ResolveByOperatorHandler.Handle);
    }

    // A dead submission may have been sent: unknown, looked up, and an owner's in the end.
    private static RecordOutcome Dead(SubmitCharge c, DeadLetter letter) => new(
        c.Tenant, c.PreapprovalId, new ChargeNews(c.MerchantTransactionId, new ChargeAnswer.Unknown("dead_letter"), LearntFrom.Answer, letter.DiedAt, letter.DiedAt, c.Send));

    private static RecordOutcome Dead(LookUpCharge c, DeadLetter letter) => new(
        c.Tenant, c.PreapprovalId, new ChargeNews(c.MerchantTransactionId, new ChargeAnswer.Unknown("dead_letter"), LearntFrom.LookUp, null, letter.DiedAt, c.Send));

    private static RecordRefund Dead(SubmitRefund c, DeadLetter letter) => new(
        c.Tenant, c.PreapprovalId, new RefundNews(c.Reference, new RefundAnswer.Unknown("dead_letter"), LearntFrom.Answer, letter.DiedAt, letter.DiedAt, c.Send));

    private static RecordRefund Dead(LookUpRefund c, DeadLetter letter) => new(
        c.Tenant, c.PreapprovalId, new RefundNews(c.Key, new RefundAnswer.Unknown("dead_letter"), LearntFrom.LookUp, null, letter.DiedAt, c.Send));

    private static RecordCreate Dead(RegisterPreapproval c) => new(c.Tenant, c.PreapprovalId, new MandateAnswer.Unknown("dead_letter"), LearntFrom.Answer);

    private static RecordChange Dead(SubmitChange c) => new(c.Tenant, c.PreapprovalId, new MandateAnswer.Unknown("dead_letter"), null, LearntFrom.Answer, c.Since);

    private static RecordClose Dead(SubmitClose c) => new(c.Tenant, c.PreapprovalId, new MandateAnswer.Unknown("dead_letter"), LearntFrom.Answer, c.Since);
}
