using Whirr.Daemon.Configuration;
using Whirr.Domain.Ports;
using Whirr.Engine.Notices;
using Whirr.Linux.Starting;
using Whirr.Notices;

namespace Whirr.Daemon.Hosting;

/// <summary>The parts that tell people what happened.</summary>
internal static class NoticeServices
{
    public static void Add(IServiceCollection services, CurrentConfig config, INoticeStore store, IProgramStarter starter)
    {
        services.AddSingleton(store);
        services.AddSingleton<Func<NoticeDefaults>>(() => config.NoticeDefaults);
        services.AddSingleton<INoticeChannel>(new CommandChannel(() => NoticeTargets.CommandOf(config.Value)) { Starter = starter });
        services.AddSingleton<INoticeChannel, WebhookChannel>();
        services.AddSingleton<INoticeChannel>(new MailChannel(() => config.Value.Sendmail, Environment.MachineName) { Starter = starter });
        services.AddSingleton<LogExcerpt>();
        services.AddSingleton<NoticeComposer>();
        services.AddSingleton<NoticeSender>();
        services.AddSingleton<Notifier>();
        services.AddHostedService(provider => provider.GetRequiredService<NoticeSender>());
        services.AddHostedService(provider => provider.GetRequiredService<Notifier>());
    }
}
