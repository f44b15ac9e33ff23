package io.milena.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.errors.SecurityDisabledException;
import org.apache.kafka.common.message.CreateAclsRequestData;
import org.apache.kafka.common.message.CreateAclsResponseData;
import org.apache.kafka.common.message.DeleteAclsRequestData;
import org.apache.kafka.common.message.DeleteAclsResponseData;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.Test;

class ErrorResponsesTest {
    private static final SecurityDisabledException REASON =
            new SecurityDisabledException("No Authorizer is configured.");

    private static ApiMessage answer(ApiMessage request, ApiKeys api) {
        ApiMessage answer = ErrorResponses.of(request, api, api.latestVersion(), REASON);
        assertThat(answer).isNotNull();
        return answer;
    }

    @Test
    void aclRequestsOfUnknownTypesAreAnsweredToo() {
        // given entries whose types are all 0, which the request classes of Kafka's client refuse
        CreateAclsRequestData creation = new CreateAclsRequestData();
        creation.creations().add(new CreateAclsRequestData.AclCreation());
        creation.creations().add(new CreateAclsRequestData.AclCreation());
        DeleteAclsRequestData deletion = new DeleteAclsRequestData();
        deletion.filters().add(new DeleteAclsRequestData.DeleteAclsFilter());

        // when
        CreateAclsResponseData created = (CreateAclsResponseData) answer(creation, ApiKeys.CREATE_ACLS);
        DeleteAclsResponseData deleted = (DeleteAclsResponseData) answer(deletion, ApiKeys.DELETE_ACLS);
        DescribeAclsResponseData described =
                (DescribeAclsResponseData) answer(new DescribeAclsRequestData(), ApiKeys.DESCRIBE_ACLS);

        // then
        short code = Errors.SECURITY_DISABLED.code();
        assertThat(created.results()).hasSize(2).allMatch(each -> each.errorCode() == code);
        assertThat(deleted.filterResults()).hasSize(1).allMatch(each -> each.errorCode() == code);
        assertThat(described.errorCode()).isEqualTo(code);
        assertThat(described.errorMessage()).isEqualTo("No Authorizer is configured.");
    }
}
