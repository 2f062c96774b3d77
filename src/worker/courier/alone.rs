//! One command at a time, for relays without PIPELINING.

use std::time::{Duration, Instant};

use super::{Connection, Courier};
use crate::{
    domain::Verdict,
    mail::smtp::{Connector, Failure, RelayGate},
    telemetry::metrics,
    worker::{
        holds::Held,
        parcel::{Parcel, Patience, Prepared, envelope_of},
    },
};

/// How long a courier rests that has a recipient taken and no mark.
const STORE_AWAY_PAUSE: Duration = Duration::from_secs(1);

impl Courier {
    /// Carries one mail to a relay that takes one command at a time: it is marked between RCPT and DATA.
    pub(super) async fn carry_alone(&mut self, held: Held, connector: &Connector, gate: &RelayGate) {
        let shop = self.shop.clone();
        let Ok((held, mail)) = shop.compose(held, Patience::Until(&self.soft)).await else { return };
        let envelope = envelope_of(&mail);
        loop {
            if self.connect(connector, gate).await.is_err() {
                return self.put_back(held, gate).await;
            }
            let Some(mut connection) = self.connection.take() else { return };
            let addressed = self.soft.run_until_cancelled(connection.session.address(&envelope)).await;
            match addressed {
                Some(Ok(())) => match shop.mark(held, mail, Patience::Hurries).await {
                    Prepared::Parcel(parcel) => self.deliver_alone(&mut connection, *parcel).await,
                    Prepared::Ended(recording) => {
                        if let Some(recording) = recording {
                            recording.recorded().await;
                        }
                    }
                    // The relay is not to hear of the same mail again and again.
                    Prepared::Later => {
                        let _ = tokio::time::timeout(STORE_AWAY_PAUSE, self.soft.cancelled()).await;
                    }
                },
                // The kept connection was gone before it saw anything of this mail: over a new one.
                Some(Err(Failure::Untouched { .. })) => continue,
                Some(Err(failure)) => self.end(&connection, held, Err(failure)).await.recorded().await,
                // A stop.
                None => shop.conclude(held, Verdict::Release).await,
            }
            self.connection = connection.session.is_usable().then_some(connection);
            return;
        }
    }

    /// DATA and body of a mail whose recipient is taken.
    async fn deliver_alone(&self, connection: &mut Connection, parcel: Parcel) {
        let Some(Parcel { held, mail, envelope }) = self.shop.in_time(parcel).await else { return };
        match self.soft.run_until_cancelled(connection.session.data(&envelope)).await {
            Some(Ok(())) => {}
            Some(Err(failure)) => return self.end(connection, held, Err(failure)).await.recorded().await,
            None => return self.shop.conclude(held, Verdict::Release).await,
        }
        // The relay may have taken its time.
        let Some(Parcel { held, mail, .. }) = self.shop.in_time(Parcel { held, mail, envelope }).await else { return };
        let started = Instant::now();
        let outcome = connection.session.deliver(&mail.raw, None).await;
        metrics::smtp_step("deliver", started.elapsed());
        self.end(connection, held, outcome).await.recorded().await;
    }
}
